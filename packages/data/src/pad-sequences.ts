import { type DType, formatShape, fromNumbers, LamellaError, type NestedArray, sizeOf, Tensor } from "@lamella/ir";

import { asTensor } from "./element.ts";

export interface PadSequencesOptions {
  /** Default: the length of the longest sequence. */
  readonly maxlen?: number;
  /** Default 'int32'. */
  readonly dtype?: DType;
  /** Where the padding goes. Default 'pre'. */
  readonly padding?: "pre" | "post";
  /** Which end of a sequence that is too long is cut off. Default 'pre'. */
  readonly truncating?: "pre" | "post";
  /** What the padding is. Default 0. */
  readonly value?: number;
}

/**
 * Sequences of different lengths as one tensor [sequences, maxlen, ...]. (Keras: pad_sequences.)
 *
 * @throws LamellaError `data` for what is no list of sequences, or samples of different shapes; `config`
 */
export function padSequences(
  sequences: readonly (ArrayLike<number> | readonly NestedArray[])[],
  options: PadSequencesOptions = {},
): Tensor {
  const { dtype = "int32", padding = "pre", truncating = "pre", value = 0 } = options;
  checkEnd("padding", padding);
  checkEnd("truncating", truncating);
  const rows = sequences.map((sequence, i) => asTensor(sequence, `sequence ${i}`));
  for (const [i, { shape }] of rows.entries()) if (shape.length === 0) throw notASequence(i);
  const maxlen = options.maxlen ?? Math.max(0, ...rows.map(({ shape }) => shape[0]!));
  if (!Number.isSafeInteger(maxlen) || maxlen < 0) {
    throw new LamellaError("config", {
      where: "maxlen",
      problem: "The value cannot be used.",
      expected: "a whole number of at least 0",
      received: String(maxlen),
    });
  }
  const sample = rows.find(({ size }) => size > 0)?.shape.slice(1) ?? [];
  const width = sizeOf(sample);
  const numbers = new Float64Array(rows.length * maxlen * width).fill(value);
  for (const [i, row] of rows.entries()) {
    if (row.size === 0) continue;
    checkSample(row, sample, i);
    const length = row.shape[0]!;
    const kept = Math.min(length, maxlen);
    const from = truncating === "pre" ? length - kept : 0;
    const to = i * maxlen + (padding === "pre" ? maxlen - kept : 0);
    const { data } = row.cast("float64");
    numbers.set(data.subarray(from * width, (from + kept) * width), to * width);
  }
  return new Tensor(dtype, [rows.length, maxlen, ...sample], fromNumbers(dtype, numbers));
}

function checkEnd(where: string, end: string): void {
  if (end === "pre" || end === "post") return;
  throw new LamellaError("config", {
    where,
    problem: "The value cannot be used.",
    expected: "'pre' or 'post'",
    received: `'${end}'`,
  });
}

function notASequence(index: number): LamellaError {
  return new LamellaError("data", {
    where: `sequence ${index}`,
    problem: "This is no sequence.",
    expected: "a list of lists of numbers",
    received: "a number",
  });
}

function checkSample({ shape }: Tensor, sample: readonly number[], index: number): void {
  if (formatShape(shape.slice(1)) === formatShape(sample)) return;
  throw new LamellaError("data", {
    where: `sequence ${index}`,
    problem: "Its samples have another shape than those of the first sequence.",
    expected: formatShape(sample),
    received: formatShape(shape.slice(1)),
  });
}
