import { dense, embedding, input, lstm, model, ops } from "lamella";

export interface SequenceToSequenceOptions {
  /** Tokens of the source are below this; 0 is padding, which the encoder skips. */
  readonly sourceVocabulary?: number;
  /** 0 is padding here, too: at the end of a target, and no part of the loss. */
  readonly targetVocabulary?: number;
  readonly width?: number;
  readonly units?: number;
}

/**
 * Two LSTMs (Sutskever et al. 2014): the encoder reads the source and hands its states to the decoder, which says the next
 * token of the target after each of its tokens. Both sequences may have any length.
 *
 * Three models of the same layers: `training` takes source and target and is the one to be trained, with the target one
 * token ahead as what it should say. `encoder` gives the states, and `step` goes on from states with one more token.
 */
export function sequenceToSequenceModels({
  sourceVocabulary = 10000,
  targetVocabulary = 10000,
  width = 256,
  units = 512,
}: SequenceToSequenceOptions = {}) {
  const source = input({ shape: [null], dtype: "int32", name: "source" });
  const target = input({ shape: [null], dtype: "int32", name: "target" });
  const embedSource = embedding(sourceVocabulary, width, { maskZero: true, name: "source_embedding" });
  const embedTarget = embedding(targetVocabulary, width, { maskZero: true, name: "target_embedding" });
  const decoder = lstm(units, { returnSequences: true, returnState: true, name: "decoder" });
  const predict = dense(targetVocabulary, { activation: "softmax", name: "predictions" });

  const [, h, c] = lstm(units, { returnState: true, name: "encoder" })(embedSource(source));
  const [sequence] = decoder(embedTarget(target), { initialState: [h!, c!] });
  const training = model({ inputs: [source, target], outputs: predict(sequence!), name: "sequence_to_sequence" });

  const before = [input({ shape: [units], name: "h" }), input({ shape: [units], name: "c" })] as const;
  const [next, nextH, nextC] = decoder(embedTarget(target), { initialState: before });
  const token = ops.argmax(predict(next!), { axis: -1 });
  return {
    training,
    encoder: model({ inputs: source, outputs: [h!, c!], name: "source_states" }),
    step: model({ inputs: [target, ...before], outputs: [token, nextH!, nextC!], name: "next_token" }),
  };
}

/** The model that is trained. */
export function sequenceToSequence(options: SequenceToSequenceOptions = {}) {
  return sequenceToSequenceModels(options).training;
}

/** The likeliest target of a source, token by token: after `start`, until `end` or `maxLength` tokens. */
export async function translate(
  { encoder, step }: Pick<ReturnType<typeof sequenceToSequenceModels>, "encoder" | "step">,
  source: readonly number[],
  { start, end, maxLength }: { readonly start: number; readonly end: number; readonly maxLength: number },
): Promise<number[]> {
  let [h, c] = await encoder.predict([source]);
  const tokens = [start];
  while (tokens.length <= maxLength && tokens.at(-1) !== end) {
    const [token, nextH, nextC] = await step.predict({ target: [[tokens.at(-1)!]], h: h!, c: c! });
    tokens.push(token!.toNumbers()[0]!);
    [h, c] = [nextH, nextC];
  }
  return tokens.slice(1);
}
