import {
  type AnyLayer,
  type AnyModel,
  type StaticShape,
  type Tensor,
  type ValueType,
  type Variable,
} from "@lamella/ir";

import type { ArraySource } from "../contents.ts";
import { type FromCudnn, fromCudnn } from "./cudnn.ts";
import { rescaleHardSigmoid } from "./hard-sigmoid-weights.ts";
import { hardSigmoidScale, hasOldHardSigmoid, type Writer } from "./writer.ts";

interface Match {
  readonly variable: Variable;
  readonly path: string | undefined;
}

/** How an array becomes that of its variable. */
interface Change {
  readonly shape: (shape: StaticShape) => StaticShape;
  readonly value: (value: Tensor) => Tensor;
}

/** The innermost layer that each variable belongs to. */
export function ownersIn(model: AnyModel): ReadonlyMap<Variable, AnyLayer> {
  const owners = new Map<Variable, AnyLayer>();
  const visit = (layer: AnyLayer): void => {
    for (const inner of layer.sublayers) visit(inner);
    for (const variable of layer.weights) if (!owners.has(variable)) owners.set(variable, layer);
  };
  visit(model);
  return owners;
}

/** A variable's name within its innermost scope: `kernel` of `lstm_cell/kernel`. */
export function lastName(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/**
 * The arrays of a file as the layers of today take them: out of cuDNN's order, and with factors in front of hard sigmoids of
 * old. What needs no change is read as it is.
 *
 * @throws LamellaError `unsupported` for hard sigmoids that no factor makes up for
 */
export function currentArrays(
  model: AnyModel,
  matches: readonly Match[],
  arrays: ArraySource,
  writer: Writer,
): ArraySource {
  if (writer.generation === 3) return arrays;
  const owners = ownersIn(model);
  const byLayer = new Map<AnyLayer, Match[]>();
  for (const match of matches) {
    const owner = owners.get(match.variable);
    if (owner !== undefined) byLayer.set(owner, [...(byLayer.get(owner) ?? []), match]);
  }
  const changes = new Map<string, Change>();
  for (const [layer, own] of byLayer) {
    const pathOf = (name: string) => own.find(({ variable }) => lastName(variable.name) === name)?.path;
    const cudnn = fromCudnn(layer, (name) => {
      const path = pathOf(name);
      return path === undefined ? undefined : sizes(arrays.type(path));
    });
    const rescale = hasOldHardSigmoid(writer) ? rescaleHardSigmoid(layer, hardSigmoidScale) : undefined;
    if (cudnn === undefined && rescale === undefined) continue;
    for (const { variable, path } of own) if (path !== undefined) changes.set(path, changeOf(variable, cudnn, rescale));
  }
  if (changes.size === 0) return arrays;
  return {
    paths: arrays.paths,
    type: (path): ValueType => {
      const type = arrays.type(path);
      return { ...type, shape: changes.get(path)?.shape(sizes(type)) ?? type.shape };
    },
    read: (path) => {
      const value = arrays.read(path);
      return changes.get(path)?.value(value) ?? value;
    },
  };
}

/** The shape of an array, of which every size is known. */
function sizes({ shape }: ValueType): StaticShape {
  return shape.map(Number);
}

function changeOf(
  variable: Variable,
  cudnn: FromCudnn | undefined,
  rescale: ((variable: Variable, value: Tensor) => Tensor) | undefined,
): Change {
  const name = lastName(variable.name);
  return {
    shape: (shape) => cudnn?.shape(name, shape) ?? shape,
    value: (value) => {
      const ordered = cudnn?.value(name, value) ?? value;
      return rescale?.(variable, ordered) ?? ordered;
    },
  };
}
