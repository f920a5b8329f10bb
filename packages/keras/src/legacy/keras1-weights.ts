import type { JsonValue, StaticShape, Tensor, ValueType } from "@lamella/ir";

import type { ArraySource, KerasObject, LayerWeights, Weights } from "../contents.ts";
import { isList, isObject } from "../json.ts";
import { lastName } from "./current-arrays.ts";
import { flipped, joinedColumns, transposed } from "./transform.ts";

type Lists = Extract<Weights, { readonly layout: "lists" }>;

/** What wrote the weights of a file. */
interface Origin {
  readonly generation: 1 | 2 | 3;
  /** The library that Keras ran on, where the file says so. */
  readonly backend: string | undefined;
}

/** An array made of others of the file. */
interface Made {
  readonly shape: StaticShape;
  readonly make: () => Tensor;
}

interface Leaf {
  readonly className: string;
  readonly dataFormat: JsonValue | undefined;
}

/** The layers of a model, and of those within it, by name. */
function leavesOf(object: KerasObject, found: Map<string, Leaf> = new Map()): ReadonlyMap<string, Leaf> {
  const { class_name: className, config } = object;
  const { layers, name, layer } = config;
  if (isList(layers)) {
    for (const inner of layers) if (isObject(inner)) leavesOf(inner as unknown as KerasObject, found);
  } else if (typeof name === "string") {
    const within = className === "TimeDistributed" && isObject(layer) ? (layer as unknown as KerasObject) : object;
    found.set(name, { className: within.class_name, dataFormat: within.config["data_format"] });
  }
  return found;
}

/** How many axes of a kernel are in space. */
const spatial: Readonly<Record<string, number>> = {
  Conv1D: 1,
  Conv2D: 2,
  Conv3D: 3,
  Conv2DTranspose: 2,
  ConvLSTM2D: 2,
};

/** How the axes of Keras 1's kernels become today's; undefined where they are those already. */
function axesOf({ className, dataFormat }: Leaf): readonly number[] | undefined {
  const isFirst = dataFormat === "channels_first";
  if (className === "Conv2DTranspose") return isFirst ? [2, 3, 0, 1] : [0, 1, 3, 2];
  if (!isFirst) return undefined;
  if (className === "Conv2D") return [2, 3, 1, 0];
  return className === "Conv3D" ? [2, 3, 4, 1, 0] : undefined;
}

/** Keras 1 kept every gate by itself: input, candidate, forget and output of LSTM, update, reset and candidate of GRU. */
const gates: Readonly<Record<string, readonly number[]>> = { LSTM: [0, 2, 1, 3], GRU: [0, 1, 2] };

/**
 * Weights of Keras 1, and of any Keras on Theano, as Keras 2 has them on TensorFlow: gates side by side, kernels with their axes in
 * today's order, and the kernels of true convolutions, which Theano computes, turned around.
 * (Keras 2.2: `preprocess_weights_for_loading`.)
 */
export function asKeras2Lists(lists: Lists, model: KerasObject, { generation, backend }: Origin): Lists {
  const isTheano = backend === "theano";
  if (generation !== 1 && !isTheano) return lists;
  const leaves = leavesOf(model);
  const made = new Map<string, Made>();
  const shapeOf = (path: string): StaticShape => lists.arrays.type(path).shape.map(Number);
  const layers = lists.layers.map(({ layer, weights }): LayerWeights => {
    const leaf = leaves.get(layer.replaceAll("/", "_"));
    const order = leaf === undefined || generation !== 1 ? undefined : gates[leaf.className];
    if (order !== undefined && weights.length === 3 * order.length) {
      return { layer, weights: joinGates(layer, weights, order, lists.arrays, made) };
    }
    for (const { name, path } of weights) {
      const owner = leaves.get(name.split("/").at(-2) ?? "") ?? leaf;
      const shape = shapeOf(path);
      const axes = owner === undefined ? 0 : (spatial[owner.className] ?? 0);
      if (owner === undefined || axes === 0 || shape.length < 3 || lastName(name).startsWith("bias")) continue;
      const known = generation === 1 ? axesOf(owner) : undefined;
      const oldAxes = known?.length === shape.length ? known : undefined;
      const isFlat = generation === 1 && owner.className === "Conv1D" && shape.length === 4;
      const change = (value: Tensor): Tensor => {
        const ordered = oldAxes === undefined ? value : transposed(value, oldAxes);
        const whole = isFlat ? flatKernel(ordered) : ordered;
        return isTheano ? flipped(whole, axes) : whole;
      };
      const shapeNow = isFlat ? flatShape(shape) : (oldAxes?.map((axis) => shape[axis]!) ?? shape);
      made.set(path, { shape: shapeNow, make: () => change(lists.arrays.read(path)) });
    }
    return { layer, weights };
  });
  return { layout: "lists", layers, arrays: withMade(lists.arrays, made) };
}

/** Keras 1's Conv1D was one in two dimensions: (length, 1, in, out), and before 1.2 (out, in, length, 1). */
function flatShape([first = 0, second = 0, third = 0, fourth = 0]: StaticShape): StaticShape {
  return second === 1 ? [first, third, fourth] : [third, second, first];
}

function flatKernel(value: Tensor): Tensor {
  return value.shape[1] === 1
    ? value.reshape(flatShape(value.shape))
    : transposed(value, [2, 3, 1, 0]).reshape(flatShape(value.shape));
}

function joinGates(
  layer: string,
  weights: LayerWeights["weights"],
  order: readonly number[],
  arrays: ArraySource,
  made: Map<string, Made>,
): LayerWeights["weights"] {
  return ["kernel", "recurrent_kernel", "bias"].map((name, part) => {
    const parts = order.map((gate) => weights[3 * gate + part]!.path);
    const path = `${layer} of Keras 1/${name}`;
    const first = arrays.type(parts[0]!).shape.map(Number);
    const shape = [...first.slice(0, -1), first.at(-1)! * parts.length];
    made.set(path, { shape, make: () => joinedColumns(parts.map((each) => arrays.read(each))) });
    return { name, path };
  });
}

function withMade(arrays: ArraySource, made: ReadonlyMap<string, Made>): ArraySource {
  return {
    paths: [...new Set([...arrays.paths, ...made.keys()])],
    type: (path): ValueType => {
      const own = made.get(path);
      return own === undefined ? arrays.type(path) : { shape: own.shape, dtype: "float32" };
    },
    read: (path) => made.get(path)?.make() ?? arrays.read(path),
  };
}
