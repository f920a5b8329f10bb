import {
  broadcastShapes,
  type DType,
  explicitPads,
  GraphBuilder,
  inferOutputs,
  inferTable,
  normalizeAxis,
  type Primitive,
  type PrimitiveAttributes,
  type PrimitiveGraph,
  Relu,
  type Shape,
  slicedDim,
  staticShape,
  tensor,
  type ValueType,
  windowedDim,
} from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { errorOf, expectError } from "./expect-error.ts";

/** `float32[batch, 3]` as a value type. */
function type(text: string): ValueType {
  const [, dtype, dims] = /^(\w+)\[(.*)\]$/.exec(text)!;
  const shape = dims === "" ? [] : dims!.split(", ").map((dim) => (/^-?\d+$/.test(dim) ? Number(dim) : dim));
  return { dtype: dtype as DType, shape };
}

const text = ({ dtype, shape }: ValueType) => `${dtype}[${shape.join(", ")}]`;

/** One primitive on inputs of these types. */
type Use = { [P in Primitive]: readonly [P, readonly string[], PrimitiveAttributes[P]] }[Primitive];

function infer([primitive, inputs, attributes]: Use): string[] {
  return inferOutputs(primitive, inputs.map(type), attributes).map(text);
}

const conv = { layout: "channelsLast", strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 1 } as const;
const pool = { layout: "channelsLast", strides: [2, 2], pads: [0, 0, 0, 0], kernelShape: [2, 2] } as const;

function body(build: (builder: GraphBuilder) => void): PrimitiveGraph {
  const builder = new GraphBuilder("body");
  build(builder);
  const outputs = builder.nodes.flatMap(({ outputs: ids }) => ids.map((id) => builder.tracer(id)));
  return builder.finish(Object.fromEntries(outputs.map((tracer, i) => [`out${i}`, tracer])));
}

const step = body((builder) => {
  const state = builder.input("state", ["batch", 4], "float32");
  const scanned = builder.input("x", ["batch", 4], "float32");
  builder.emit("Add", [state, scanned], {});
  Relu(scanned);
});

const good: readonly (readonly [Use, string])[] = [
  [["Constant", [], { value: tensor([[1, 2]], undefined, "int64") }], "int64[1, 2]"],
  [["Identity", ["bool[batch]"], {}], "bool[batch]"],
  [["StopGradient", ["float32[batch]"], {}], "float32[batch]"],
  [["DimSize", [], { dim: "batch" }], "int32[]"],
  [["Range", [], { size: "time*2" }], "int32[time*2]"],
  [["RandomBits", ["int32[12]", "int32[batch, 3]"], {}], "int32[batch, 3]"],
  [["Cast", ["bool[2]"], { to: "float16" }], "float16[2]"],
  ...(["Neg", "Abs", "Sign", "Relu"] as const).map((name) => [[name, ["int32[batch]"], {}], "int32[batch]"] as const),
  ...(["Floor", "Exp", "Log", "Sqrt", "Sin", "Cos", "Erf", "Tanh", "Sigmoid", "Softplus"] as const).map(
    (name) => [[name, ["float16[batch]"], {}], "float16[batch]"] as const,
  ),
  [["Not", ["bool[2]"], {}], "bool[2]"],
  ...(["Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Mod"] as const).map(
    (name) => [[name, ["int32[batch, 1, 3]", "int32[4, 1]"], {}], "int32[batch, 4, 3]"] as const,
  ),
  ...(["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"] as const).map(
    (name) => [[name, ["float32[batch, 3]", "float32[]"], {}], "bool[batch, 3]"] as const,
  ),
  ...(["And", "Or"] as const).map((name) => [[name, ["bool[batch, 3]", "bool[3]"], {}], "bool[batch, 3]"] as const),
  [["Where", ["bool[batch, 1]", "float32[3]", "float32[]"], {}], "float32[batch, 3]"],
  ...(["ReduceSum", "ReduceMean", "ReduceMax"] as const).flatMap((name) => [
    [[name, ["float32[batch, 3, 4]"], { axes: [0, 2], keepdims: false }], "float32[3]"] as const,
    [[name, ["float32[batch, 3, 4]"], { axes: [1], keepdims: true }], "float32[batch, 1, 4]"] as const,
  ]),
  [["ArgMax", ["float32[batch, 3]"], { axis: 1, keepdims: false }], "int32[batch]"],
  [["ArgMax", ["float32[batch, 3]"], { axis: 1, keepdims: true }], "int32[batch, 1]"],
  [["TopK", ["float32[batch, 5]"], { axis: 1, k: 2, largest: true }], "int32[batch, 2]"],
  [["Softmax", ["float32[batch, 3]"], { axis: 1 }], "float32[batch, 3]"],
  [["LogSoftmax", ["float32[batch, 3]"], { axis: 1 }], "float32[batch, 3]"],
  [["MatMul", ["float32[batch, 3]", "float32[3, 5]"], {}], "float32[batch, 5]"],
  [["MatMul", ["float32[batch, 7, time, 3]", "float32[7, 3, 5]"], {}], "float32[batch, 7, time, 5]"],
  [["MatMul", ["float32[3, n]", "float32[4, 5]"], {}], "float32[3, 5]"],
  [["Reshape", ["float32[batch, 4, 6]"], { shape: ["batch", 24] }], "float32[batch, 24]"],
  [["Reshape", ["float32[batch, time, 6]"], { shape: ["batch", "time*2", 3] }], "float32[batch, time*2, 3]"],
  [["Reshape", ["float32[batch, time]"], { shape: ["batch", 5] }], "float32[batch, 5]"],
  [["Transpose", ["float32[batch, 2, 3]"], { perm: [2, 0, 1] }], "float32[3, batch, 2]"],
  [["Expand", ["float32[1, 3]"], { shape: ["batch", 2, 3] }], "float32[batch, 2, 3]"],
  [["Concat", ["float32[batch, 3]", "float32[batch, 4]", "float32[batch, n]"], { axis: 1 }], "float32[batch, n+7]"],
  [["Concat", ["float32[batch, 3]", "float32[2, 4]"], { axis: 1 }], "float32[2, 7]"],
  [["Slice", ["float32[batch, 10]"], { starts: [0, 2], ends: ["batch", 9], steps: [1, 3] }], "float32[batch, 3]"],
  [["Slice", ["float32[time]"], { starts: ["time-1"], ends: [-1], steps: [-1] }], "float32[time]"],
  [["Slice", ["float32[4]"], { starts: [3], ends: [-1], steps: [-2] }], "float32[2]"],
  [["Slice", ["float32[4]"], { starts: [4], ends: [2], steps: [1] }], "float32[0]"],
  [["Pad", ["float32[batch, 5]"], { pads: [0, 1, 0, "k"], value: 0 }], "float32[batch, k+6]"],
  [["Gather", ["float32[10, 4]", "int32[batch, time]"], { axis: 0 }], "float32[batch, time, 4]"],
  [["Gather", ["float32[batch, 4]", "int32[]"], { axis: 1 }], "float32[batch]"],
  [["ScatterND", ["float32[10, 4]", "int32[batch, 1]", "float32[batch, 4]"], {}], "float32[10, 4]"],
  [["Conv", ["float32[batch, 8, w, 3]", "float32[3, 3, 3, 16]"], conv], "float32[batch, 6, w-2, 16]"],
  [
    ["Conv", ["float32[batch, 7, w, 3]", "float32[3, 3, 3, 16]"], { ...conv, strides: [2, 2], pads: "SAME_UPPER" }],
    "float32[batch, 4, floor((w+1)/2), 16]",
  ],
  [
    ["Conv", ["float32[batch, 9, 9, 4]", "float32[3, 3, 2, 8]"], { ...conv, dilations: [2, 3], group: 2 }],
    "float32[batch, 5, 3, 8]",
  ],
  [
    ["Conv", ["float32[batch, 3, 8, 8]", "float32[16, 3, 3, 3]"], { ...conv, layout: "channelsFirst" }],
    "float32[batch, 16, 6, 6]",
  ],
  [
    ["Conv", ["float32[batch, 5, 3]", "float32[2, 3, 4]"], { ...conv, strides: [2], pads: [1, 2], dilations: [1] }],
    "float32[batch, 4, 4]",
  ],
  [
    [
      "ConvInputGrad",
      ["float32[batch, 6, 6, 16]", "float32[3, 3, 3, 16]"],
      { ...conv, inputShape: ["batch", 8, 8, 3] },
    ],
    "float32[batch, 8, 8, 3]",
  ],
  [
    [
      "ConvWeightGrad",
      ["float32[batch, 8, 8, 3]", "float32[batch, 6, 6, 16]"],
      { ...conv, weightShape: [3, 3, 3, 16] },
    ],
    "float32[3, 3, 3, 16]",
  ],
  [["MaxPool", ["float32[batch, 7, w, 3]"], pool], "float32[batch, 3, floor(w/2), 3]"],
  [
    ["MaxPoolGrad", ["float32[batch, 4, 4, 3]", "float32[batch, 2, 2, 3]", "float32[batch, 2, 2, 3]"], pool],
    "float32[batch, 4, 4, 3]",
  ],
  [["AveragePool", ["float32[batch, 7, 7, 3]"], { ...pool, pads: "SAME_UPPER" }], "float32[batch, 4, 4, 3]"],
  [
    ["AveragePoolGrad", ["float32[batch, 2, 2, 3]"], { ...pool, inputShape: ["batch", 4, 4, 3] }],
    "float32[batch, 4, 4, 3]",
  ],
];

describe("types of outputs", () => {
  test.for(good.map(([use, result]) => [use[0], use, result] as const))("%s", ([, use, result]) => {
    expect(infer(use)).toEqual([result]);
  });

  test("Scan gives states as they entered, and one slice a step", () => {
    const attributes = { body: step, states: 1, invariants: 0, reverse: false };
    expect(infer(["Scan", ["float32[batch, 4]", "float32[time, batch, 4]"], attributes])).toEqual([
      "float32[batch, 4]",
      "float32[time, batch, 4]",
    ]);
  });

  test("every primitive is tried here", () => {
    const tried = new Set<string>([...good.map(([[name]]) => name), "Scan"]);
    expect(Object.keys(inferTable).filter((name) => !tried.has(name))).toEqual([]);
  });
});

describe("what does not fit is refused", () => {
  const bad: readonly (readonly [Use, "shape" | "dtype" | "graph" | "config", ...string[]])[] = [
    [["Add", ["float32[2]"], {}], "graph", "Wrong number of inputs for Add.", "Expected: 2. Received: 1."],
    [["Add", ["float32[2]", "int32[2]"], {}], "dtype", "different dtypes", "never promote", "float32 and int32"],
    [["Add", ["bool[2]", "bool[2]"], {}], "dtype", "a number dtype; Cast booleans first"],
    [["Add", ["float32[2, 3]", "float32[2, 4]"], {}], "shape", "(2, 3) and (2, 4)", "at axis -1", "3 and 4"],
    [["Equal", ["float32[2]", "int32[2]"], {}], "dtype", "different dtypes"],
    [["And", ["bool[2]", "int32[2]"], {}], "dtype", "Expected: bool. Received: int32."],
    [["Not", ["int32[2]"], {}], "dtype", "Expected: bool."],
    [["Exp", ["int32[2]"], {}], "dtype", "a floating dtype", "int32"],
    [["Softmax", ["int32[2]"], { axis: 0 }], "dtype", "a floating dtype"],
    [["Where", ["float32[2]", "float32[2]", "float32[2]"], {}], "dtype", "a bool condition"],
    [["Where", ["bool[2]", "float32[2]", "int32[2]"], {}], "dtype", "float32 and int32"],
    [["RandomBits", ["float32[12]", "int32[2]"], {}], "dtype", "int32"],
    [["RandomBits", ["int32[12]", "int64[2]"], {}], "dtype", "int32"],
    [
      ["ReduceSum", ["float32[2]"], { axes: [1], keepdims: false }],
      "config",
      "no axis 1 in a tensor of rank 1",
      "-1 to 0",
    ],
    [["ArgMax", ["float32[]"], { axis: 0, keepdims: false }], "config", "no axis 0 in a tensor of rank 0", "no axis"],
    [["TopK", ["float32[3]"], { axis: 0, k: 4, largest: true }], "shape", "fewer elements", "at most 3", "Received: 4"],
    [["MatMul", ["float32[3]", "float32[3, 4]"], {}], "shape", "MatMul takes matrices.", "(3,) and (3, 4)"],
    [["MatMul", ["float32[batch, 3]", "float32[4, 5]"], {}], "shape", "(None, 3) and (4, 5)", "3 columns and 4 rows"],
    [["MatMul", ["float32[2, 3, 3]", "float32[4, 3, 3]"], {}], "shape", "(2,) and (4,)"],
    [["Reshape", ["float32[2, 3]"], { shape: [4] }], "shape", "must keep the number of elements", "(2, 3)", "(4,)"],
    [["Reshape", ["float32[2, 3]"], { shape: [12] }], "shape", "must keep the number of elements"],
    [["Reshape", ["float32[batch, 6]"], { shape: ["batch", 4] }], "shape", "(None, 6)", "(None, 4)"],
    [["Reshape", ["float32[0, 3]"], { shape: [3] }], "shape", "must keep the number of elements"],
    [["Transpose", ["float32[2, 3]"], { perm: [0] }], "shape", "The rank does not fit.", "rank 1"],
    [["Transpose", ["float32[2, 3]"], { perm: [0, 0] }], "config", "must name every axis once", "[0, 0]"],
    [["Expand", ["float32[2]"], { shape: [3] }], "shape", "cannot be broadcast"],
    [["Concat", ["float32[2, 3]", "float32[3, 3]"], { axis: 1 }], "shape", "joined at axis 1", "equal sizes at axis 0"],
    [["Concat", ["float32[2, 3]", "float32[2]"], { axis: 1 }], "shape", "rank 2"],
    [["Concat", ["float32[2]", "int32[2]"], { axis: 0 }], "dtype", "different dtypes"],
    [["Slice", ["float32[4]"], { starts: [0], ends: [6], steps: [1] }], "shape", "leaves axis 0", "0 to 3", "0 to 5"],
    [["Slice", ["float32[4]"], { starts: [-1], ends: [2], steps: [1] }], "shape", "leaves axis 0", "-1 to 1"],
    [["Slice", ["float32[4]"], { starts: [4], ends: [-1], steps: [-1] }], "shape", "leaves axis 0", "4 to 0"],
    [["Slice", ["float32[4]"], { starts: [], ends: [], steps: [] }], "shape", "rank 0"],
    [["Pad", ["float32[4]"], { pads: [1], value: 0 }], "shape", "rank 2"],
    [["Gather", ["float32[4]", "int64[2]"], { axis: 0 }], "dtype", "int32 indices", "int64"],
    [["ScatterND", ["float32[4]", "float32[1, 1]", "float32[1]"], {}], "dtype", "int32 indices"],
    [["ScatterND", ["float32[4]", "int32[1, 1]", "int32[1]"], {}], "dtype", "float32 and int32"],
    [
      ["Conv", ["float32[batch, 8, 8, 3]", "float32[3, 3, 4, 16]"], conv],
      "shape",
      "4 channels",
      "3 channels, shape (None, 8, 8, 3)",
    ],
    [["Conv", ["float32[batch, 8, 8, c]", "float32[3, 3, 4, 16]"], conv], "shape", "4 channels", "c channels"],
    [["Conv", ["float32[batch, 8, 8]", "float32[3, 3, 4, 16]"], conv], "shape", "rank 3"],
    [
      ["Conv", ["float32[batch, 2, 8, 3]", "float32[3, 3, 3, 16]"], conv],
      "shape",
      "window is larger",
      "at least 3",
      "2",
      "'same'",
    ],
    [["MaxPool", ["float32[batch, 1, 4, 3]"], pool], "shape", "window is larger than its input", "at least 2"],
  ];

  test.for(bad.map(([use, code, ...texts]) => ({ name: `${use[0]} ${use[1].join(" ")}`, use, code, texts })))(
    "$name",
    ({ use, code, texts }) => {
      expectError(() => infer(use), code, ...texts);
    },
  );

  test("a Scan without scanned inputs, or with the wrong number", () => {
    const attributes = { body: step, states: 1, invariants: 0, reverse: false };
    const texts = ["A Scan needs at least one scanned input", "Expected: 2 inputs."] as const;
    expectError(() => infer(["Scan", ["float32[batch, 4]"], attributes]), "graph", ...texts, "Received: 1 inputs.");
    const three = ["float32[batch, 4]", "float32[time, batch, 4]", "float32[time]"];
    expectError(() => infer(["Scan", three, attributes]), "graph", ...texts, "Received: 3 inputs.");
  });

  test("errors of inference name no place: the caller knows it", () => {
    expect(errorOf(() => infer(["Exp", ["int32[2]"], {}])).where).toBeUndefined();
  });
});

describe("shape rules", () => {
  test.for<[readonly Shape[], Shape]>([
    [[[], [3]], [3]],
    [
      [
        ["batch", 1],
        [1, 4],
      ],
      ["batch", 4],
    ],
    [[["batch"], ["time"]], ["batch"]],
    [[["batch"], [4]], [4]],
    [[[4], ["batch"]], [4]],
    [
      [[2, 1], [1, 3], [1]],
      [2, 3],
    ],
  ])("%j broadcast to %j", ([shapes, result]) => {
    expect(broadcastShapes(...shapes)).toEqual(result);
  });

  test("an axis counts from either end", () => {
    expect([normalizeAxis(0, 3), normalizeAxis(-1, 3), normalizeAxis(-3, 3)]).toEqual([0, 2, 0]);
    for (const axis of [3, -4, 0.5]) expectError(() => normalizeAxis(axis, 3), "config", `There is no axis ${axis}`);
  });

  test("explicit pads of 'same' put the odd one behind", () => {
    expect(explicitPads("SAME_UPPER", [7, 8], [3, 3], [2, 2])).toEqual({ begin: [1, 0], end: [1, 1] });
    expect(explicitPads("SAME_UPPER", [8], [2], [4])).toEqual({ begin: [0], end: [0] });
    expect(explicitPads([1, 2, 3, 4], [7, 8], [3, 3], [2, 2])).toEqual({ begin: [1, 2], end: [3, 4] });
  });

  test("windows and slices count as loops do", () => {
    for (let size = 1; size < 12; size++) {
      for (let extent = 1; extent <= size; extent++) {
        for (let stride = 1; stride < 4; stride++) {
          const starts = Array.from({ length: size }, (_, i) => i).filter(
            (i) => i % stride === 0 && i + extent <= size,
          );
          const attributes = { layout: "channelsLast", strides: [stride], pads: [0, 0] } as const;
          expect(windowedDim(size, 0, extent, attributes)).toBe(starts.length);
          const steps = Array.from({ length: size }, (_, i) => i).filter(
            (i) => i >= extent && (i - extent) % stride === 0,
          );
          expect(slicedDim(extent, size, stride)).toBe(steps.length);
          expect(slicedDim(size - 1, extent - 1, -stride)).toBe(steps.length);
        }
      }
    }
  });

  test("a static shape has no symbols", () => {
    expect(staticShape([2, 3], "No.")).toEqual([2, 3]);
    expectError(
      () => staticShape([2, "batch"], "The size must be known."),
      "shape",
      "The size must be known.",
      "(2, None)",
    );
  });
});
