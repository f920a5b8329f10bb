import { addDim, formatShape, mulDim, neverEqual, type Shape, sizeDim } from "../dim.ts";
import { type DType, isFloating } from "../dtype.ts";
import { LamellaError } from "../errors.ts";
import type { ValueType } from "../graph.ts";
import type {
  ConvAttributes,
  PoolAttributes,
  Primitive,
  PrimitiveAttributes,
  PrimitiveTable,
  ReduceAttributes,
} from "./attributes.ts";
import {
  broadcastShapes,
  channelAxis,
  normalizeAxis,
  reduceShape,
  slicedDim,
  spatialAxes,
  windowedDim,
} from "./shape-rules.ts";

/** Gives the shapes and dtypes of a primitive's outputs, or throws when its inputs do not fit. */
interface InferRow<Attributes> {
  /** How many inputs it takes. */
  readonly arity: number | "any";
  infer(inputs: readonly ValueType[], attributes: Attributes): readonly ValueType[];
}

type InferTable = PrimitiveTable<{ [P in Primitive]: InferRow<PrimitiveAttributes[P]> }>;

function sameDType(inputs: readonly ValueType[]): DType {
  const [first] = inputs;
  const other = inputs.find(({ dtype }) => dtype !== first!.dtype);
  if (other === undefined) return first!.dtype;
  throw new LamellaError("dtype", {
    problem: "The operands have different dtypes.",
    expected: "one dtype for all (primitives never promote)",
    received: inputs.map(({ dtype }) => dtype).join(" and "),
  });
}

function expectDType(actual: DType, fits: boolean, expected: string): void {
  if (!fits) throw new LamellaError("dtype", { problem: "The dtype does not fit.", expected, received: actual });
}

function expectRank(shape: Shape, rank: number): void {
  if (shape.length !== rank) {
    throw new LamellaError("shape", {
      problem: "The rank does not fit.",
      expected: `rank ${rank}`,
      received: formatShape(shape),
    });
  }
}

const anyUnary = {
  arity: 1,
  infer: ([x]: readonly ValueType[]) => [{ shape: x!.shape, dtype: x!.dtype }],
} as const;

const floatUnary = {
  arity: 1,
  infer: ([x]: readonly ValueType[]) => {
    expectDType(x!.dtype, isFloating(x!.dtype), "a floating dtype");
    return [{ shape: x!.shape, dtype: x!.dtype }];
  },
} as const;

const arithmetic = {
  arity: 2,
  infer: (inputs: readonly ValueType[]) => {
    const dtype = sameDType(inputs);
    expectDType(dtype, dtype !== "bool", "a number dtype; Cast booleans first");
    return [{ shape: broadcastShapes(inputs[0]!.shape, inputs[1]!.shape), dtype }];
  },
} as const;

const comparison = {
  arity: 2,
  infer: (inputs: readonly ValueType[]): readonly ValueType[] => {
    sameDType(inputs);
    return [{ shape: broadcastShapes(inputs[0]!.shape, inputs[1]!.shape), dtype: "bool" }];
  },
} as const;

const logical = {
  arity: 2,
  infer: (inputs: readonly ValueType[]): readonly ValueType[] => {
    for (const { dtype } of inputs) expectDType(dtype, dtype === "bool", "bool");
    return [{ shape: broadcastShapes(inputs[0]!.shape, inputs[1]!.shape), dtype: "bool" }];
  },
} as const;

const reduction: InferRow<ReduceAttributes> = {
  arity: 1,
  infer: ([x], { axes, keepdims }) => {
    const positive = axes.map((axis) => normalizeAxis(axis, x!.shape.length));
    return [{ shape: reduceShape(x!.shape, positive, keepdims), dtype: x!.dtype }];
  },
};

function convOutput(x: Shape, spatialKernel: Shape, outputChannels: Shape[number], attributes: ConvAttributes): Shape {
  const shape = [...x];
  for (const [i, axis] of spatialAxes(x.length, attributes.layout).entries()) {
    const extent = (Number(spatialKernel[i]) - 1) * attributes.dilations[i]! + 1;
    shape[axis] = windowedDim(x[axis]!, i, extent, attributes);
  }
  shape[channelAxis(x.length, attributes.layout)] = outputChannels;
  return shape;
}

function poolOutput(x: Shape, attributes: PoolAttributes): Shape {
  const shape = [...x];
  for (const [i, axis] of spatialAxes(x.length, attributes.layout).entries()) {
    shape[axis] = windowedDim(x[axis]!, i, attributes.kernelShape[i]!, attributes);
  }
  return shape;
}

/** Where the weight of a convolution has its axes. */
export function weightAxes(
  rank: number,
  layout: ConvAttributes["layout"],
): { readonly input: number; readonly output: number; readonly spatial: readonly number[] } {
  const spatial = Array.from({ length: rank - 2 }, (_, i) => i + (layout === "channelsLast" ? 0 : 2));
  return layout === "channelsLast" ? { input: rank - 2, output: rank - 1, spatial } : { input: 1, output: 0, spatial };
}

export const inferTable: InferTable = {
  Constant: { arity: 0, infer: (_, { value }) => [{ shape: value.shape, dtype: value.dtype }] },
  Identity: anyUnary,
  StopGradient: anyUnary,
  DimSize: { arity: 0, infer: () => [{ shape: [], dtype: "int32" }] },
  Range: { arity: 0, infer: (_, { size }) => [{ shape: [size], dtype: "int32" }] },
  RandomBits: {
    arity: 2,
    infer: ([key, counter]) => {
      expectDType(key!.dtype, key!.dtype === "int32", "int32");
      expectDType(counter!.dtype, counter!.dtype === "int32", "int32");
      return [{ shape: counter!.shape, dtype: "int32" }];
    },
  },
  Cast: { arity: 1, infer: ([x], { to }) => [{ shape: x!.shape, dtype: to }] },

  Neg: anyUnary,
  Abs: anyUnary,
  Sign: anyUnary,
  Floor: floatUnary,
  Exp: floatUnary,
  Log: floatUnary,
  Sqrt: floatUnary,
  Sin: floatUnary,
  Cos: floatUnary,
  Erf: floatUnary,
  Tanh: floatUnary,
  Sigmoid: floatUnary,
  Softplus: floatUnary,
  Relu: anyUnary,
  Not: {
    arity: 1,
    infer: ([x]) => {
      expectDType(x!.dtype, x!.dtype === "bool", "bool");
      return [{ shape: x!.shape, dtype: "bool" }];
    },
  },

  Add: arithmetic,
  Sub: arithmetic,
  Mul: arithmetic,
  Div: arithmetic,
  Pow: arithmetic,
  Max: arithmetic,
  Min: arithmetic,
  Mod: arithmetic,
  Equal: comparison,
  Greater: comparison,
  GreaterOrEqual: comparison,
  Less: comparison,
  LessOrEqual: comparison,
  And: logical,
  Or: logical,
  Where: {
    arity: 3,
    infer: ([condition, a, b]) => {
      expectDType(condition!.dtype, condition!.dtype === "bool", "a bool condition");
      const dtype = sameDType([a!, b!]);
      return [{ shape: broadcastShapes(condition!.shape, a!.shape, b!.shape), dtype }];
    },
  },

  ReduceSum: reduction,
  ReduceMean: reduction,
  ReduceMax: reduction,
  ArgMax: {
    arity: 1,
    infer: ([x], { axis, keepdims }) => [
      { shape: reduceShape(x!.shape, [normalizeAxis(axis, x!.shape.length)], keepdims), dtype: "int32" },
    ],
  },
  TopK: {
    arity: 1,
    infer: ([x], { axis, k }) => {
      const at = normalizeAxis(axis, x!.shape.length);
      const size = x!.shape[at]!;
      if (typeof k === "number" && typeof size === "number" && k > size) {
        throw new LamellaError("shape", {
          problem: "There are fewer elements than are asked for.",
          expected: `at most ${size}`,
          received: String(k),
        });
      }
      return [{ shape: x!.shape.map((dim, i) => (i === at ? k : dim)), dtype: "int32" }];
    },
  },
  Softmax: floatUnary,
  LogSoftmax: floatUnary,
  MatMul: {
    arity: 2,
    infer: ([a, b]) => {
      const dtype = sameDType([a!, b!]);
      if (a!.shape.length < 2 || b!.shape.length < 2) {
        throw new LamellaError("shape", {
          problem: "MatMul takes matrices.",
          expected: "rank 2 or more",
          received: `${formatShape(a!.shape)} and ${formatShape(b!.shape)}`,
        });
      }
      const inner = a!.shape.at(-1)!;
      const other = b!.shape.at(-2)!;
      if (typeof inner === "number" && typeof other === "number" && inner !== other) {
        throw new LamellaError("shape", {
          problem: `Matrices of shapes ${formatShape(a!.shape)} and ${formatShape(b!.shape)} cannot be multiplied.`,
          expected: "as many columns in the first as rows in the second",
          received: `${inner} columns and ${other} rows`,
        });
      }
      const batch = broadcastShapes(a!.shape.slice(0, -2), b!.shape.slice(0, -2));
      return [{ shape: [...batch, a!.shape.at(-2)!, b!.shape.at(-1)!], dtype }];
    },
  },

  Reshape: {
    arity: 1,
    infer: ([x], { shape }) => {
      if (neverEqual(sizeDim(x!.shape), sizeDim(shape))) {
        throw new LamellaError("shape", {
          problem: "A reshape must keep the number of elements.",
          expected: `as many elements as ${formatShape(x!.shape)} has`,
          received: formatShape(shape),
        });
      }
      return [{ shape, dtype: x!.dtype }];
    },
  },
  Transpose: {
    arity: 1,
    infer: ([x], { perm }) => {
      expectRank(x!.shape, perm.length);
      if (perm.some((_, axis) => !perm.includes(axis))) {
        throw new LamellaError("config", {
          problem: "A permutation must name every axis once.",
          received: `[${perm.join(", ")}]`,
        });
      }
      return [{ shape: perm.map((axis) => x!.shape[axis]!), dtype: x!.dtype }];
    },
  },
  Expand: {
    arity: 1,
    infer: ([x], { shape }) => [{ shape: broadcastShapes(x!.shape, shape), dtype: x!.dtype }],
  },
  Concat: {
    arity: "any",
    infer: (inputs, { axis }) => {
      const dtype = sameDType(inputs);
      const shape = [...inputs[0]!.shape];
      const at = normalizeAxis(axis, shape.length);
      for (const other of inputs.slice(1)) {
        expectRank(other.shape, shape.length);
        for (const [i, dim] of other.shape.entries()) {
          const own = shape[i]!;
          if (i === at) shape[i] = addDim(own, dim);
          else if (own !== dim && typeof own === "number" && typeof dim === "number") {
            throw new LamellaError("shape", {
              problem: `Shapes ${inputs.map((input) => formatShape(input.shape)).join(" and ")} cannot be joined at axis ${at}.`,
              expected: `equal sizes at axis ${i}`,
              received: `${own} and ${dim}`,
            });
          } else if (typeof own === "string" && typeof dim === "number") shape[i] = dim;
        }
      }
      return [{ shape, dtype }];
    },
  },
  Slice: {
    arity: 1,
    infer: ([x], { starts, ends, steps }) => {
      expectRank(x!.shape, starts.length);
      const shape = x!.shape.map((size, axis) => {
        const [first, step] = [starts[axis]!, steps[axis]!];
        const length = slicedDim(first, ends[axis]!, step);
        const last = Number(first) + (Number(length) - 1) * step;
        if (length !== 0 && (Math.min(Number(first), last) < 0 || Math.max(Number(first), last) >= Number(size))) {
          throw new LamellaError("shape", {
            problem: `The slice leaves axis ${axis}.`,
            expected: `indices from 0 to ${Number(size) - 1}`,
            received: `${first} to ${last}`,
          });
        }
        return length;
      });
      return [{ shape, dtype: x!.dtype }];
    },
  },
  Pad: {
    arity: 1,
    infer: ([x], { pads }) => {
      const rank = x!.shape.length;
      expectRank(pads, 2 * rank);
      const shape = x!.shape.map((dim, axis) => addDim(addDim(dim, pads[axis]!), pads[axis + rank]!));
      return [{ shape, dtype: x!.dtype }];
    },
  },
  Gather: {
    arity: 2,
    infer: ([x, indices], { axis }) => {
      expectDType(indices!.dtype, indices!.dtype === "int32", "int32 indices");
      const at = normalizeAxis(axis, x!.shape.length);
      return [{ shape: [...x!.shape.slice(0, at), ...indices!.shape, ...x!.shape.slice(at + 1)], dtype: x!.dtype }];
    },
  },
  ScatterND: {
    arity: 3,
    infer: ([data, indices, updates]) => {
      expectDType(indices!.dtype, indices!.dtype === "int32", "int32 indices");
      return [{ shape: data!.shape, dtype: sameDType([data!, updates!]) }];
    },
  },

  Conv: {
    arity: 2,
    infer: ([x, w], attributes) => {
      const dtype = sameDType([x!, w!]);
      const rank = x!.shape.length;
      expectRank(w!.shape, rank);
      const axes = weightAxes(rank, attributes.layout);
      const channels = x!.shape[channelAxis(rank, attributes.layout)]!;
      const needed = mulDim(w!.shape[axes.input]!, attributes.group);
      if (channels !== needed) {
        throw new LamellaError("shape", {
          problem: "The channels of the input do not fit the weight.",
          expected: `${needed} channels`,
          received: `${channels} channels, shape ${formatShape(x!.shape)}`,
        });
      }
      const kernel = axes.spatial.map((axis) => w!.shape[axis]!);
      return [{ shape: convOutput(x!.shape, kernel, w!.shape[axes.output]!, attributes), dtype }];
    },
  },
  ConvInputGrad: {
    arity: 2,
    infer: ([dy, w], { inputShape }) => [{ shape: inputShape, dtype: sameDType([dy!, w!]) }],
  },
  ConvWeightGrad: {
    arity: 2,
    infer: ([x, dy], { weightShape }) => [{ shape: weightShape, dtype: sameDType([x!, dy!]) }],
  },
  MaxPool: {
    arity: 1,
    infer: ([x], attributes) => [{ shape: poolOutput(x!.shape, attributes), dtype: x!.dtype }],
  },
  MaxPoolGrad: {
    arity: 3,
    infer: ([x, y, dy]) => [{ shape: x!.shape, dtype: sameDType([x!, y!, dy!]) }],
  },
  AveragePool: {
    arity: 1,
    infer: ([x], attributes) => [{ shape: poolOutput(x!.shape, attributes), dtype: x!.dtype }],
  },
  AveragePoolGrad: {
    arity: 1,
    infer: ([dy], { inputShape }) => [{ shape: inputShape, dtype: dy!.dtype }],
  },

  Scan: {
    arity: "any",
    infer: (inputs, { body, states, invariants }) => {
      const scanned = inputs.slice(states + invariants);
      const length = scanned[0]?.shape[0];
      if (length === undefined || inputs.length !== body.inputs.length) {
        throw new LamellaError("graph", {
          problem: "A Scan needs at least one scanned input, and one input for each of its body's.",
          expected: `${body.inputs.length} inputs`,
          received: `${inputs.length} inputs`,
        });
      }
      return body.outputs.map(({ value }, i) => {
        const { shape, dtype } = body.values[value]!;
        return i < states ? inputs[i]! : { shape: [length, ...shape], dtype };
      });
    },
  },
};

/** Output types of one primitive, with its arity checked. Errors name no place: the caller knows the node. */
export function inferOutputs<P extends Primitive>(
  type: P,
  inputs: readonly ValueType[],
  attributes: PrimitiveAttributes[P],
): readonly ValueType[] {
  const row = inferTable[type] as InferRow<PrimitiveAttributes[P]>;
  if (row.arity !== "any" && row.arity !== inputs.length) {
    throw new LamellaError("graph", {
      problem: `Wrong number of inputs for ${type}.`,
      expected: String(row.arity),
      received: String(inputs.length),
    });
  }
  return row.infer(inputs, attributes);
}
