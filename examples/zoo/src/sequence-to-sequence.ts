import { dense, embedding, input, lstm, model } from "lamella";

export interface SequenceToSequenceOptions {
  /** Tokens of the source are below this; 0 is padding, which the encoder skips. */
  readonly sourceVocabulary?: number;
  /** 0 is padding here, too: at the end of a target, and no part of the loss. */
  readonly targetVocabulary?: number;
  readonly width?: number;
  readonly units?: number;
}

/**
 * Two LSTMs (Sutskever et al. 2014): the encoder reads the source and hands its states to the decoder, which learns to say
 * the next token of the target from those before it. Both sequences may have any length.
 */
export function sequenceToSequence({
  sourceVocabulary = 10000,
  targetVocabulary = 10000,
  width = 256,
  units = 512,
}: SequenceToSequenceOptions = {}) {
  const source = input({ shape: [null], dtype: "int32", name: "source" });
  const target = input({ shape: [null], dtype: "int32", name: "target" });
  const embedSource = embedding(sourceVocabulary, width, { maskZero: true, name: "source_embedding" });
  const embedTarget = embedding(targetVocabulary, width, { maskZero: true, name: "target_embedding" });
  const [, ...initialState] = lstm(units, { returnState: true, name: "encoder" })(embedSource(source));
  const decoder = lstm(units, { returnSequences: true, returnState: true, name: "decoder" });
  const [sequence] = decoder(embedTarget(target), { initialState });
  const outputs = dense(targetVocabulary, { activation: "softmax", name: "predictions" })(sequence!);
  return model({ inputs: [source, target], outputs, name: "sequence_to_sequence" });
}
