import {
  type AnyModel,
  type JsonObject,
  LamellaError,
  type SavedTraining,
  type Tensor,
  type ValueType,
} from "@lamella/ir";

import type { TrainingPosition } from "./callbacks/callback.ts";
import { holdsFunction, optionsToJson } from "./compile-options.ts";
import type { Engine } from "./engine.ts";
import type { DataPosition } from "./epochs.ts";
import { specsToJson } from "./saved-functions.ts";
import type { CompileOptions } from "./trainer-options.ts";

/** Where training stands: in its data, and, in the middle of a `fit`, in its epochs. */
export interface Progressed {
  readonly data: DataPosition;
  readonly position: TrainingPosition | undefined;
}

/** The same as it was saved, with the seed that decides the order of the data. */
export interface SavedProgress extends Progressed {
  readonly seed: number | undefined;
}

/** The options of `compile` that are saved as they were given. */
const kept = ["lossWeights", "metrics", "weightedMetrics", "autoScaleLoss", "stepsPerExecution"] as const;

/**
 * Configuration and state of training as data. Losses and metrics that are functions are saved as the graphs they record, for
 * the targets of the newest batch or, before the first, for targets like the outputs.
 */
export async function saveTraining(engine: Engine, { data, position }: Progressed): Promise<SavedTraining | undefined> {
  if (!engine.isCompiled) return undefined;
  const { options, optimizer, seed, state } = engine.current;
  const config: JsonObject = {
    optimizer: optionsToJson(optimizer),
    lossWeights: optionsToJson(options.lossWeights),
    autoScaleLoss: options.autoScaleLoss ?? true,
    ...(options.stepsPerExecution === undefined ? {} : { stepsPerExecution: options.stepsPerExecution }),
    ...specsOf(engine),
    seed,
    epochs: data.passes,
    ...(position === undefined ? {} : { position: { ...position, offset: data.offset } }),
  };
  const slots = state === undefined ? new Map<string, Tensor>() : await state.read();
  const carried = position === undefined ? [] : await carriedBy(engine.model);
  return { config, state: new Map([...slots, ...carried]) };
}

const carriedName = (index: number) => `carried_${index}`;

/** What stateful layers carry from batch to batch, which only the middle of a `fit` needs. */
function carriedBy(model: AnyModel): Promise<(readonly [name: string, value: Tensor])[]> {
  return Promise.all(model.states.map(async (variable, index) => [carriedName(index), await variable.read()] as const));
}

/** Gives stateful layers what they carried when training was saved. */
export function restoreCarried(model: AnyModel, { state }: SavedTraining): void {
  for (const [index, variable] of model.states.entries()) {
    const value = state.get(carriedName(index));
    if (value !== undefined) variable.write(value);
  }
}

/** What has never seen a batch may not fit the outputs, or have none yet: then functions are left out. */
function specsOf({ model, current: { options, form } }: Engine): JsonObject {
  const save = (targets: readonly ValueType[]) => specsToJson(options, model.outputNames, outputsOf(model), targets);
  if (form !== undefined) return save(form.targets);
  try {
    return save(outputsOf(model));
  } catch (error) {
    if (!(error instanceof LamellaError)) throw error;
    const loss = holdsFunction(options.loss) ? null : optionsToJson(options.loss);
    return { loss, metrics: optionsToJson(options.metrics), weightedMetrics: optionsToJson(options.weightedMetrics) };
  }
}

function outputsOf(model: AnyModel): readonly ValueType[] {
  return model.outputs.map(({ shape, dtype }) => ({ shape, dtype }));
}

/** What to compile with, as it was saved; undefined when no loss was saved. */
export function savedOptions({ config }: SavedTraining): CompileOptions | undefined {
  const { loss } = config;
  if (loss === undefined || loss === null) return undefined;
  const names = ["optimizer", "loss", ...kept, "seed"];
  const given = names.flatMap((name) => {
    const value = config[name];
    return value === undefined || value === null ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given) as unknown as CompileOptions;
}

/** Where training stood when it was saved. */
export function savedProgress({ config }: SavedTraining): SavedProgress {
  const position = config["position"] as unknown as (TrainingPosition & { readonly offset: number }) | undefined;
  const { seed } = config;
  return {
    data: { passes: Number(config["epochs"] ?? 0), offset: position?.offset ?? 0 },
    seed: typeof seed === "number" ? seed : undefined,
    position,
  };
}
