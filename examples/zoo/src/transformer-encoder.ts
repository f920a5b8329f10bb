import {
  add,
  dense,
  dropout,
  embedding,
  globalAveragePooling1d,
  input,
  layerNormalization,
  model,
  multiHeadAttention,
  ops,
  type SymbolicTensor,
} from "lamella";

export interface TransformerEncoderOptions {
  /** Tokens are below this; 0 is padding. */
  readonly vocabularySize?: number;
  /** The longest text; shorter ones need no padding but in a batch with longer ones. */
  readonly maxLength?: number;
  readonly width?: number;
  readonly heads?: number;
  readonly feedForward?: number;
  readonly blocks?: number;
  readonly dropoutRate?: number;
  readonly classes?: number;
}

/** Attention between all tokens but padding, then two dense layers for each; what comes in is added to what each gives. */
function block(
  x: SymbolicTensor,
  attentionMask: SymbolicTensor,
  name: string,
  { width, heads, feedForward, dropoutRate }: Required<TransformerEncoderOptions>,
): SymbolicTensor {
  const attention = multiHeadAttention(heads, width / heads, { dropout: dropoutRate, name: `${name}_attention` });
  let y: SymbolicTensor = layerNormalization({ epsilon: 1e-6, name: `${name}_attention_norm` })(x);
  y = attention([y, y], { attentionMask });
  const attended = add({ name: `${name}_attention_add` })([x, y]);
  y = layerNormalization({ epsilon: 1e-6, name: `${name}_dense_norm` })(attended);
  y = dense(feedForward, { activation: "gelu", name: `${name}_expand` })(y);
  y = dropout(dropoutRate, { name: `${name}_dropout` })(dense(width, { name: `${name}_project` })(y));
  return add({ name: `${name}_dense_add` })([attended, y]);
}

/** A text classifier: a Transformer encoder with normalisation first (Vaswani et al. 2017, Xiong et al. 2020). */
export function transformerEncoder(options: TransformerEncoderOptions = {}) {
  const settings = {
    vocabularySize: 20000,
    maxLength: 512,
    width: 256,
    heads: 4,
    feedForward: 1024,
    blocks: 4,
    dropoutRate: 0.1,
    classes: 2,
    ...options,
  };
  const { vocabularySize, maxLength, width, dropoutRate } = settings;
  const tokens = input({ shape: [null], dtype: "int32", name: "tokens" });
  const present = ops.notEqual(tokens, 0);
  const positions = ops.subtract(ops.cumsum(ops.onesLike(tokens), { axis: 1 }), 1);
  const attentionMask = ops.expandDims(present, 1);
  let x: SymbolicTensor = add({ name: "embedding_add" })([
    embedding(vocabularySize, width, { name: "token_embedding" })(tokens),
    embedding(maxLength, width, { name: "position_embedding" })(positions),
  ]);
  x = dropout(dropoutRate, { name: "embedding_dropout" })(x);
  for (let i = 1; i <= settings.blocks; i++) x = block(x, attentionMask, `block${i}`, settings);
  x = layerNormalization({ epsilon: 1e-6, name: "norm" })(x);
  x = globalAveragePooling1d({ name: "pool" })(x, { mask: present });
  const outputs = dense(settings.classes, { activation: "softmax", name: "predictions" })(x);
  return model({ inputs: tokens, outputs, name: "transformer_encoder" });
}
