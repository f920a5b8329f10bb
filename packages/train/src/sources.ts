import { type AnyModel, checkWhole, LamellaError } from "@lamella/ir";

import {
  arraySource,
  type BatchData,
  type BatchSource,
  type BatchStream,
  isBatchStream,
  streamSource,
} from "./batch-source.ts";
import { shuffledOrder } from "./batches.ts";
import { batchSizeFor, prepare, splitOff } from "./prepare.ts";
import type { CompileOptions, EvaluateOptions, FitOptions } from "./trainer-options.ts";

interface Compiled {
  readonly options: CompileOptions;
  /** Read at every pass: a `fit` that is resumed goes on with the seed that it began with. */
  readonly seed: number;
}

/** What `fit` trains on, and what it validates with. */
export function trainingSources(
  model: AnyModel,
  compiled: Compiled,
  x: unknown,
  y: unknown,
  fit: FitOptions,
): { readonly train: BatchSource; readonly validation: BatchSource | undefined } {
  const { classWeight, sampleWeight, shuffle = true, validationSplit = 0 } = fit;
  const { options } = compiled;
  if (isBatchStream(x)) {
    refuse("sampleWeight", sampleWeight, "Give it as the third part of every batch.");
    refuse("batchSize", fit.batchSize, "The batches have sizes of their own.");
    refuse("validationSplit", validationSplit === 0 ? undefined : validationSplit, "Give validationData.");
    const train = streamSource(model, options, x as BatchStream<BatchData>, { classWeight });
    return { train, validation: givenValidation(model, compiled, fit) };
  }
  const all = prepare(model, options, x, y, { sampleWeight, classWeight });
  const splits = fit.validationData === undefined && validationSplit !== 0;
  const [samples, split] = splits ? splitOff(all, validationSplit) : [all];
  const size = batchSizeFor(model, fit, samples);
  const order = shuffle ? (pass: number) => shuffledOrder(samples.count, compiled.seed, pass) : undefined;
  const train = arraySource(samples, size, order);
  if (split === undefined) return { train, validation: givenValidation(model, compiled, fit) };
  const splitSize = batchSizeFor(model, { batchSize: fit.validationBatchSize ?? size }, split);
  return { train, validation: arraySource(split, splitSize) };
}

function givenValidation(model: AnyModel, compiled: Compiled, fit: FitOptions): BatchSource | undefined {
  const { validationData, validationBatchSize = fit.batchSize } = fit;
  if (validationData === undefined) return undefined;
  if (isBatchStream(validationData)) return testSource(model, compiled, validationData, undefined, {});
  const [x, y, sampleWeight] = validationData as BatchData;
  return testSource(model, compiled, x, y, {
    ...(sampleWeight === undefined ? {} : { sampleWeight }),
    ...(validationBatchSize === undefined ? {} : { batchSize: validationBatchSize }),
  });
}

/** What `evaluate` measures. */
export function testSource(
  model: AnyModel,
  { options }: Compiled,
  x: unknown,
  y: unknown,
  evaluate: Pick<EvaluateOptions, "batchSize" | "sampleWeight">,
): BatchSource {
  const { sampleWeight } = evaluate;
  if (isBatchStream(x)) {
    refuse("sampleWeight", sampleWeight, "Give it as the third part of every batch.");
    return streamSource(model, options, x as BatchStream<BatchData>, {});
  }
  const prepared = prepare(model, options, x, y, { sampleWeight });
  return arraySource(prepared, batchSizeFor(model, evaluate, prepared));
}

/**
 * How many batches to take: what the option says, else all.
 *
 * @throws LamellaError `config` for a number that cannot be used, and without one where the batches never end
 */
export function stepsOf(option: string, given: number | undefined, all: number | undefined): number | undefined {
  if (given !== undefined) {
    checkWhole(option, given, 1);
    return given;
  }
  if (all !== Infinity) return all;
  throw new LamellaError("config", {
    where: option,
    problem: "The batches never end.",
    expected: "the number of batches to take",
    received: "none",
    hint: `Give ${option}, or take(n) of the dataset.`,
  });
}

function refuse(option: string, value: unknown, hint: string): void {
  if (value === undefined) return;
  throw new LamellaError("config", {
    where: option,
    problem: "The option is for arrays, and the data comes in batches.",
    hint,
  });
}
