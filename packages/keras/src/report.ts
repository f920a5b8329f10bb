import type { AnyLayer, AnyModel, DType, StaticShape } from "@lamella/ir";

import type { Notes } from "./config/notes.ts";
import type { KerasContents } from "./contents.ts";
import type { Filled } from "./weights/fill-variables.ts";

/** A weight of a layer, and where in the file it came from. */
export interface WeightReport {
  /** Its name within the layer, such as `kernel`. */
  readonly name: string;
  readonly shape: StaticShape;
  readonly dtype: DType;
  /** Absent where the file had nothing for it. */
  readonly from?: string;
}

export interface LayerReport {
  readonly name: string;
  readonly type: string;
  readonly trainable: boolean;
  readonly weights: readonly WeightReport[];
  /** The number of numbers in its weights. */
  readonly parameters: number;
  /** Of a model within the model: its layers. */
  readonly layers?: readonly LayerReport[];
}

/** What became of a model file. */
export interface ImportReport {
  readonly model: LayerReport;
  /** The version of Keras that wrote the file, where it says so. */
  readonly kerasVersion?: string;
  /** What was put in other words, a sentence each. */
  readonly converted: readonly string[];
  /** What was left out, a sentence each. */
  readonly ignored: readonly string[];
}

function layerReport(layer: AnyLayer, filled: Filled): LayerReport {
  const { name, type, trainable } = layer;
  const weights = layer.weights.map((variable): WeightReport => {
    const { shape, dtype } = variable;
    const from = filled.get(variable);
    return { name: variable.nameIn(layer), shape, dtype, ...(from === undefined ? {} : { from }) };
  });
  const own = { name, type, trainable, parameters: layer.countParams() };
  if (layer.modelType === undefined) return { ...own, weights };
  return { ...own, weights: [], layers: (layer as AnyModel).layers.map((inner) => layerReport(inner, filled)) };
}

/** The report on a model that was read. */
export function reportOn(model: AnyModel, contents: KerasContents, notes: Notes, filled: Filled): ImportReport {
  const { kerasVersion } = contents;
  return {
    model: layerReport(model, filled),
    ...(kerasVersion === undefined ? {} : { kerasVersion }),
    converted: [...contents.notes, ...notes.converted],
    ignored: notes.ignored,
  };
}
