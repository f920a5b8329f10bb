import {
  type AnyModel,
  checkWhole,
  type DType,
  LamellaError,
  type Shape,
  Tensor,
  tensor,
  type ValueType,
} from "@lamella/ir";

import { type SampleSet, sliceSamples, wholeBatch } from "./batches.ts";
import { isMeasured, planOutputs } from "./compile-options.ts";
import { assignData, countSamples, type Slot, toTensor } from "./data.ts";
import { type Form, KnownForms } from "./forms.ts";
import { targetPort, weightPort } from "./measure.ts";
import { toWeights, type Weighting } from "./sample-weights.ts";
import { checkTarget, targetType, toTarget } from "./targets.ts";
import type { CompileOptions } from "./trainer-options.ts";

/** Inputs and targets as tensors, with what the targets are for. */
export interface Prepared extends SampleSet {
  readonly form: Form;
}

/** The inputs of a model by their names, to be taken in batches. @throws LamellaError `data` */
export function inputSamples(model: AnyModel, x: unknown): SampleSet {
  buildFrom(model, x);
  return samplesFor(
    model.inputs.map(({ name, shape, dtype }): Slot => ({ name, shape, dtype })),
    x,
  );
}

/** Data for inputs by their names, to be taken in batches. @throws LamellaError `data` */
export function samplesFor(slots: readonly Slot[], x: unknown): SampleSet {
  const data = assignData(x, slots, "inputs");
  const samples = Object.fromEntries(slots.map((slot, i) => [slot.name, toTensor(data[i]!, slot, "input")]));
  const dtypes = Object.fromEntries(slots.map(({ name, dtype }): [string, DType] => [name, dtype]));
  return { samples, count: countSamples(samples), dtypes };
}

/** One batch of the inputs of a model by their names. @throws LamellaError `data` */
export function inputTensors(model: AnyModel, x: unknown): Record<string, Tensor> {
  return wholeBatch(inputSamples(model, x));
}

/** A sequential model without a shape takes that of its first data. */
function buildFrom(model: AnyModel, x: unknown): void {
  if (model.built) return;
  const [first] = Array.isArray(x) && x[0] instanceof Tensor ? x : [x];
  const { shape } = first instanceof Tensor ? first : { shape: Array.isArray(first) ? tensor(first).shape : [] };
  if (shape.length > 0) model.buildFor([null, ...shape.slice(1)], "float32");
}

/**
 * @param forms of earlier batches of the same model and options
 * @throws LamellaError `data` and others for data that does not fit the model or the losses
 */
export function prepare(
  model: AnyModel,
  options: CompileOptions,
  x: unknown,
  y: unknown,
  weighting: Weighting = {},
  forms: KnownForms = new KnownForms(),
): Prepared {
  const { samples: inputs, count, dtypes } = inputSamples(model, x);
  const names = model.outputNames;
  const outputs = model.outputs.map(({ shape, dtype }): ValueType => ({ shape, dtype }));
  const slots = outputs.map((output, i): Slot => ({ name: names[i]!, ...output }));
  const given = assignData(y, slots, "targets").map((data, i) => toTarget(data, names[i]!, outputs[i]!, count));
  const targets = given.map((target, i) => targetType(target, outputs[i]!));
  const plans = forms.plansFor(targets, () => planOutputs(names, outputs, targets, options));
  for (const [i, { loss }] of plans.entries()) {
    if (loss !== undefined) checkTarget(given[i]!, names[i]!, outputs[i]!, loss);
  }
  const weightTensors = toWeights(weighting, plans, given);
  const weights = weightTensors.map(
    (weight, i): ValueType | undefined =>
      weight && { shape: targets[i]!.shape.slice(0, weight.shape.length), dtype: weight.dtype },
  );
  const samples: Record<string, Tensor> = { ...inputs };
  for (const [i, plan] of plans.entries()) {
    if (isMeasured(plan)) samples[targetPort(plan.name)] = given[i]!;
    const weight = weightTensors[i];
    if (weight !== undefined) samples[weightPort(plan.name)] = weight;
  }
  return { samples, count, dtypes, form: forms.formOf({ targets, weights, plans }) };
}

/** The first samples, and the share at the end that only validates. @throws LamellaError `config` */
export function splitOff(all: Prepared, validationSplit: number): readonly [Prepared, Prepared] {
  const kept = Math.floor(all.count * (1 - validationSplit));
  if (!(validationSplit > 0 && validationSplit < 1) || kept === 0 || kept === all.count) {
    throw new LamellaError("config", {
      where: "validationSplit",
      problem: "The split leaves nothing to train or nothing to validate.",
      expected: `a number between 0 and 1 that splits ${all.count} samples`,
      received: String(validationSplit),
    });
  }
  const part = (start: number, end: number): Prepared => ({
    ...all,
    samples: sliceSamples(all.samples, start, end),
    count: end - start,
  });
  return [part(0, kept), part(kept, all.count)];
}

/** The size of batches: that of the model where it is fixed, which then divides the samples. */
export function batchSizeFor(
  model: { readonly inputs: readonly { readonly shape: Shape }[] },
  options: { readonly batchSize?: number },
  ...parts: readonly ({ readonly count: number } | undefined)[]
): number {
  const fixed = model.inputs[0]!.shape[0];
  const size = options.batchSize ?? (typeof fixed === "number" ? fixed : 32);
  checkWhole("batchSize", size, 1);
  if (typeof fixed !== "number") return size;
  const hint = `The input of the model has a batch of ${fixed}.`;
  if (size !== fixed) {
    throw new LamellaError("config", {
      where: "batchSize",
      problem: "The value does not fit the model.",
      expected: String(fixed),
      received: String(size),
      hint,
    });
  }
  const odd = parts.find((part) => part !== undefined && part.count % fixed !== 0);
  if (odd === undefined) return size;
  throw new LamellaError("data", {
    problem: "The samples do not fill whole batches.",
    expected: `a multiple of ${fixed} samples`,
    received: String(odd.count),
    hint,
  });
}
