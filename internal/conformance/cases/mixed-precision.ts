/** Cases that are run again under the policy 'mixed_float16': whatever treats weights, statistics or states in its own way. */
export const mixedIds: readonly string[] = [
  "batch-normalization/rank-4",
  "bidirectional/sum",
  "conv2d/same-strided-odd",
  "dense/relu-no-bias",
  "dense/unknown-time",
  "embedding/repeated-regularized",
  "group-normalization/two",
  "gru/default",
  "layer-normalization/vector",
  "lstm/masked-sequences",
  "max-pooling2d/default",
  "multi-head-attention/self",
];
