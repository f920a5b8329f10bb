import {
  addDim,
  type Dim,
  exactDivDim,
  floorDivDim,
  mulDim,
  normalizeDim,
  type Shape,
  sizeDim,
  subDim,
} from "../dim.ts";
import { assertDType, type DType } from "../dtype.ts";
import { LamellaError } from "../errors.ts";
import { type Field, fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import {
  Cast,
  Concat,
  Constant,
  Expand,
  GreaterOrEqual,
  Pad,
  Range,
  Reshape,
  Reverse,
  Slice,
  SliceAxis,
  StopGradient,
  Sub,
  Transpose,
  Where,
} from "../operators.ts";
import { normalizeAxis } from "../primitives/shape-rules.ts";
import type { SymbolicTensor } from "../symbolic.ts";
import { filled } from "../tensor.ts";
import { ofOneDType, OperationGroup } from "./operation.ts";

const group = new OperationGroup();
export const shapeOperations = group.types;

type Axes = number | readonly number[];

const axesField: Field<readonly number[], Axes> = {
  expects: "a whole number, or a list of them",
  parse: (input, where) => (typeof input === "number" ? [input] : fields.integers().parse(input, where)),
  toJson: (value) => value,
};

const dtypeField: Field<DType> = {
  expects: "a dtype",
  parse: (input, where) => assertDType(input, where),
  toJson: (value) => value,
};

const shapeField: Field<Shape> = {
  expects: "a list of sizes; -1 for the one that follows from the others",
  parse(input, where) {
    const fits = (dim: unknown) => typeof dim === "string" || Number.isSafeInteger(dim);
    if (Array.isArray(input) && input.every(fits))
      return input.map((dim: Dim) => (dim === -1 ? -1 : normalizeDim(dim)));
    throw new LamellaError("config", { where, problem: "This is not a shape.", received: JSON.stringify(input) });
  },
  toJson: (value) => value,
};

const reshape = group.operation("reshape", { newshape: shapeField }, ([x], { newshape }, context) => {
  const size = sizeDim(x!.shape);
  const missing = exactDivDim(size, sizeDim(newshape.filter((dim) => dim !== -1)));
  if (missing === undefined || newshape.filter((dim) => dim === -1).length > 1) {
    throw context.error("shape", {
      problem: "The tensor cannot be reshaped so.",
      expected: `a shape of ${size} elements, with at most one -1`,
      received: `[${newshape.join(", ")}]`,
    });
  }
  return Reshape(
    x!,
    newshape.map((dim) => (dim === -1 ? missing : dim)),
  );
});

const transpose = group.operation("transpose", { axes: fields.orNull(fields.integers()) }, ([x], { axes }) =>
  Transpose(x!, axes?.map((axis) => normalizeAxis(axis, x!.rank)) ?? x!.shape.map((_, i) => x!.rank - 1 - i)),
);

const swapaxes = group.operation("swapaxes", { axis1: fields.integer(), axis2: fields.integer() }, ([x], config) => {
  const a = normalizeAxis(config.axis1, x!.rank);
  const b = normalizeAxis(config.axis2, x!.rank);
  return Transpose(
    x!,
    x!.shape.map((_, i) => (i === a ? b : i === b ? a : i)),
  );
});

const moveaxis = group.operation(
  "moveaxis",
  { source: fields.integer(), destination: fields.integer() },
  ([x], config) => {
    const from = normalizeAxis(config.source, x!.rank);
    const to = normalizeAxis(config.destination, x!.rank);
    const rest = x!.shape.map((_, i) => i).filter((axis) => axis !== from);
    return Transpose(x!, [...rest.slice(0, to), from, ...rest.slice(to)]);
  },
);

function expandDims(x: Tracer, axes: readonly number[]): Tracer {
  const rank = x.rank + axes.length;
  const inserted = new Set(axes.map((axis) => normalizeAxis(axis, rank)));
  const rest = [...x.shape];
  return Reshape(
    x,
    Array.from({ length: rank }, (_, i) => (inserted.has(i) ? 1 : rest.shift()!)),
  );
}
const expand = group.operation("expandDims", { axis: axesField }, ([x], { axis }) => expandDims(x!, axis));

const squeeze = group.operation("squeeze", { axis: fields.orNull(axesField) }, ([x], { axis }, context) => {
  const axes = axis?.map((each) => normalizeAxis(each, x!.rank));
  const drop = axes ?? x!.shape.flatMap((dim, i) => (dim === 1 ? [i] : []));
  const wrong = drop.find((each) => x!.shape[each] !== 1);
  if (wrong !== undefined) {
    throw context.error("shape", {
      problem: `Axis ${wrong} cannot be squeezed.`,
      expected: "size 1",
      received: String(x!.shape[wrong]),
    });
  }
  return Reshape(
    x!,
    x!.shape.filter((_, i) => !drop.includes(i)),
  );
});

const concatenate = group.operation("concatenate", { axis: fields.integer({ default: 0 }) }, (inputs, { axis }) =>
  Concat(ofOneDType(inputs), axis),
);
const stack = group.operation("stack", { axis: fields.integer({ default: 0 }) }, (inputs, { axis }) =>
  Concat(
    ofOneDType(inputs).map((input) => expandDims(input, [axis])),
    normalizeAxis(axis, inputs[0]!.rank + 1),
  ),
);

const unstack = group.operation(
  "unstack",
  { num: fields.integer({ min: 1 }), axis: fields.integer() },
  ([x], config) => {
    const at = normalizeAxis(config.axis, x!.rank);
    const shape = x!.shape.filter((_, i) => i !== at);
    return Array.from({ length: config.num }, (_, i) => Reshape(SliceAxis(x!, at, i, i + 1), shape));
  },
);

const split = group.operation(
  "split",
  { sections: axesField, equal: fields.boolean(), axis: fields.integer() },
  ([x], config) => {
    const at = normalizeAxis(config.axis, x!.rank);
    const size = x!.shape[at]!;
    const [count] = config.sections;
    const each = floorDivDim(size, count!);
    const cuts: readonly Dim[] = config.equal
      ? Array.from({ length: count! - 1 }, (_, i) => mulDim(each, i + 1))
      : config.sections;
    return [0, ...cuts].map((start, i) => SliceAxis(x!, at, start, cuts[i] ?? size));
  },
);

const flip = group.operation("flip", { axis: fields.orNull(axesField) }, ([x], { axis }) =>
  (axis ?? x!.shape.map((_, i) => i)).reduce((tensor, each) => Reverse(tensor, each), x!),
);

const roll = group.operation("roll", { shift: fields.integer(), axis: fields.integer() }, ([x], config) => {
  const at = normalizeAxis(config.axis, x!.rank);
  const size = x!.shape[at]!;
  if (typeof size !== "number")
    return Concat(
      [SliceAxis(x!, at, subDim(size, config.shift), size), SliceAxis(x!, at, 0, subDim(size, config.shift))],
      at,
    );
  const shift = ((config.shift % size) + size) % size;
  return shift === 0 ? x! : Concat([SliceAxis(x!, at, size - shift, size), SliceAxis(x!, at, 0, size - shift)], at);
});

/** Each axis repeated as a whole. */
const tile = group.operation("tile", { repeats: fields.integers() }, ([x], { repeats }) => {
  const rank = Math.max(x!.rank, repeats.length);
  const shape = [...Array.from({ length: rank - x!.rank }, () => 1), ...x!.shape];
  const times = [...Array.from({ length: rank - repeats.length }, () => 1), ...repeats];
  const spread = Expand(
    Reshape(
      x!,
      shape.flatMap((dim) => [1, dim]),
    ),
    shape.flatMap((dim, i) => [times[i]!, dim]),
  );
  return Reshape(
    spread,
    shape.map((dim, i) => mulDim(dim, times[i]!)),
  );
});

/** Every element repeated in place. */
const repeat = group.operation(
  "repeat",
  { repeats: fields.integer({ min: 1 }), axis: fields.integer() },
  ([x], config) => {
    const at = normalizeAxis(config.axis, x!.rank);
    const before = x!.shape.slice(0, at + 1);
    const after = x!.shape.slice(at + 1);
    const spread = Expand(Reshape(x!, [...before, 1, ...after]), [...before, config.repeats, ...after]);
    return Reshape(
      spread,
      x!.shape.map((dim, i) => (i === at ? mulDim(dim, config.repeats) : dim)),
    );
  },
);

const broadcastTo = group.operation("broadcastTo", { shape: shapeField }, ([x], { shape }) => Expand(x!, shape));

const pad = group.operation(
  "pad",
  { padWidth: fields.integers(), value: fields.number({ default: 0 }) },
  ([x], config) => {
    if (config.padWidth.length !== 2 * x!.rank) {
      throw new LamellaError("config", {
        problem: "The numbers of padWidth do not fit the tensor.",
        expected: `two for each of its ${x!.rank} axes`,
        received: `${config.padWidth.length}`,
      });
    }
    const sides = (which: 0 | 1) => x!.shape.map((_, i) => config.padWidth[2 * i + which]!);
    return Pad(x!, [...sides(0), ...sides(1)], config.value);
  },
);

const slice = group.operation("slice", { startIndices: fields.integers(), shape: fields.integers() }, ([x], config) =>
  Slice(x!, {
    starts: config.startIndices,
    ends: config.startIndices.map((start, i) =>
      config.shape[i] === -1 ? x!.shape[i]! : addDim(start, config.shape[i]!),
    ),
    steps: x!.shape.map(() => 1),
  }),
);

const cast = group.operation("cast", { to: dtypeField }, ([x], { to }) => Cast(x!, to));

function likeFilled(x: Tracer, value: number): Tracer {
  return Expand(Constant(x.builder, filled(x.dtype, [], value)), x.shape);
}
const fullLike = group.operation("fullLike", { fillValue: fields.number() }, ([x], { fillValue }) =>
  likeFilled(x!, fillValue),
);

/** Keeps one side of the diagonal of the last two axes. */
function triangle(name: string, keep: (rowMinusColumn: Tracer, k: number) => Tracer) {
  const apply = group.operation(name, { k: fields.integer({ default: 0 }) }, ([x], { k }) => {
    const [rows, columns] = x!.shape.slice(-2) as [Dim, Dim];
    const offset = Sub(Reshape(Range(x!.builder, rows), [rows, 1]), Reshape(Range(x!.builder, columns), [1, columns]));
    return Where(keep(offset, k), x!, 0);
  });
  return (x: SymbolicTensor, { k = 0 }: { readonly k?: number } = {}) => apply([x], { k });
}

type AxisOption = { readonly axis?: number };

/** Shapes, parts and wholes. (keras.ops.numpy, keras.ops.core) */
export const shapeOps = {
  reshape: (x: SymbolicTensor, newshape: Shape) => reshape([x], { newshape }),
  ravel: (x: SymbolicTensor) => reshape([x], { newshape: [-1] }),
  transpose: (x: SymbolicTensor, axes?: readonly number[]) => transpose([x], { axes: axes ?? null }),
  swapaxes: (x: SymbolicTensor, axis1: number, axis2: number) => swapaxes([x], { axis1, axis2 }),
  moveaxis: (x: SymbolicTensor, source: number, destination: number) => moveaxis([x], { source, destination }),
  expandDims: (x: SymbolicTensor, axis: Axes) => expand([x], { axis }),
  squeeze: (x: SymbolicTensor, axis?: Axes) => squeeze([x], { axis: axis ?? null }),
  concatenate: (xs: readonly SymbolicTensor[], { axis = 0 }: AxisOption = {}) => concatenate(xs, { axis }),
  stack: (xs: readonly SymbolicTensor[], { axis = 0 }: AxisOption = {}) => stack(xs, { axis }),
  /** One tensor for every index of an axis, whose size must be known, or given as `num`. */
  unstack(x: SymbolicTensor, { num, axis = 0 }: AxisOption & { readonly num?: number } = {}): SymbolicTensor[] {
    const size = num ?? x.shape.at(axis);
    return listOf(unstack([x], { num: size, axis }));
  },
  /** In so many equal parts, or cut at indices. */
  split(x: SymbolicTensor, indicesOrSections: Axes, { axis = 0 }: AxisOption = {}): SymbolicTensor[] {
    const equal = typeof indicesOrSections === "number";
    return listOf(split([x], { sections: indicesOrSections, equal, axis }));
  },
  flip: (x: SymbolicTensor, axis?: Axes) => flip([x], { axis: axis ?? null }),
  roll: (x: SymbolicTensor, shift: number, { axis = 0 }: AxisOption = {}) => roll([x], { shift, axis }),
  tile: (x: SymbolicTensor, repeats: readonly number[]) => tile([x], { repeats }),
  repeat: (x: SymbolicTensor, repeats: number, { axis = 0 }: AxisOption = {}) => repeat([x], { repeats, axis }),
  broadcastTo: (x: SymbolicTensor, shape: Shape) => broadcastTo([x], { shape }),
  /** `padWidth`: before and after, for every axis. */
  pad: (x: SymbolicTensor, padWidth: readonly (readonly [number, number])[], { value = 0 } = {}) =>
    pad([x], { padWidth: padWidth.flat(), value }),
  /** A block from `startIndices` on; -1 in `shape` goes to the end. */
  slice: (x: SymbolicTensor, startIndices: readonly number[], shape: readonly number[]) =>
    slice([x], { startIndices, shape }),
  cast: (x: SymbolicTensor, dtype: DType) => cast([x], { to: dtype }),
  stopGradient: group.unary("stopGradient", StopGradient),
  zerosLike: (x: SymbolicTensor) => fullLike([x], { fillValue: 0 }),
  onesLike: (x: SymbolicTensor) => fullLike([x], { fillValue: 1 }),
  fullLike: (x: SymbolicTensor, fillValue: number) => fullLike([x], { fillValue }),
  tril: triangle("tril", (offset, k) => GreaterOrEqual(offset, -k)),
  triu: triangle("triu", (offset, k) => GreaterOrEqual(Sub(-k, offset), 0)),
};

function listOf(tensors: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor[] {
  return Array.isArray(tensors) ? [...(tensors as readonly SymbolicTensor[])] : [tensors as SymbolicTensor];
}
