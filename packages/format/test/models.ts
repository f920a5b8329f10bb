import {
  allocate,
  type Dim,
  type DType,
  dtypes,
  type JsonObject,
  type JsonValue,
  type Port,
  type SavedGraph,
  type SavedLayer,
  type SavedModel,
  type SavedNode,
  type SavedWeight,
  Tensor,
  tensor,
  type ValueType,
} from "@lamella/ir";
import fc from "fast-check";

/** A model of two layers, the second of which holds a graph, with weights and training state. */
export const small: SavedModel = {
  layers: [
    { type: "Dense", name: "dense", trainable: true, config: { units: 2, bias: true, scale: [0.5, null, "x"] } },
    {
      type: "Functional",
      name: "model",
      trainable: false,
      config: { parts: [{ layer: 0 }] },
      graph: {
        inputs: [{ name: "x", value: 0 }],
        outputs: [{ name: "y", value: 1 }],
        nodes: [{ layer: 0, inputs: [0], outputs: [1], positional: 1, args: { mask: { tensor: 0 }, training: null } }],
        values: [
          { shape: ["batch", 3], dtype: "float32" },
          { shape: ["batch", "floor((time+1)/2)"], dtype: "float16" },
        ],
        layers: [0],
      },
    },
  ],
  root: 1,
  weights: [
    { layer: 0, name: "kernel", tensor: tensor([1, 2, 3, 4, 5, 6], [3, 2]) },
    { layer: 0, name: "bias", tensor: tensor([0.5, -0.5]) },
  ],
  training: { config: { optimizer: "adam" }, state: new Map([["step", tensor(7, [], "int64")]]) },
};

/** A model with one layer of a configuration. */
export function withConfig(config: JsonObject): SavedModel {
  return { layers: [{ type: "Dense", name: "dense", trainable: true, config }], root: 0, weights: [] };
}

/** A model with the given tensors as weights. */
export function withTensors(tensors: readonly Tensor[]): SavedModel {
  return { ...withConfig({}), weights: tensors.map((item, i) => ({ layer: 0, name: `w${i}`, tensor: item })) };
}

/** `small` with another graph in its model. */
export function withGraph(change: (graph: SavedGraph) => Partial<SavedGraph>): SavedModel {
  const [dense, model] = small.layers as [SavedLayer, SavedLayer];
  const graph = model.graph as SavedGraph;
  return { ...small, layers: [dense, { ...model, graph: { ...graph, ...change(graph) } }] };
}

/** Ordinary objects, as files give them: fast-check also makes some without a prototype. */
function record<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true });
}

const name = fc.oneof(fc.string({ maxLength: 8 }), fc.string({ unit: "binary", maxLength: 8 }));
const special = fc.constantFrom("__proto__", "toString", "", "\u{feff}x", "a\0b", "\u{1f600}", "1", "length");
const key = fc.oneof({ weight: 4, arbitrary: name }, special);

function objectOf(value: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> {
  const entries = fc.uniqueArray(fc.tuple(key, value), { selector: ([text]) => text, maxLength: 4 });
  return entries
    .filter((list) => list.length !== 1 || !["layer", "tensor"].includes(list[0]?.[0] ?? ""))
    .map((list): JsonObject => Object.fromEntries(list));
}

const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.integer(),
    fc.maxSafeInteger(),
    key,
    fc.array(tie("value"), { maxLength: 4 }),
    objectOf(tie("value")),
  ),
})).value;

const config = objectOf(json);
const dim: fc.Arbitrary<Dim> = fc.oneof(
  fc.nat(),
  fc.constantFrom("batch", "time*8", "floor((time+1)/2)", "-time+2", "floor(a/2)*floor(b/2)*64", "a*b+c"),
);
const valueType: fc.Arbitrary<ValueType> = record<ValueType>({
  shape: fc.array(dim, { maxLength: 4 }),
  dtype: fc.constantFrom(...dtypes),
});

/** A tensor of a dtype with random bytes (0 and 1 in booleans). */
export function tensorOf(dtype: DType): fc.Arbitrary<Tensor> {
  return fc.array(fc.nat(3), { maxLength: 3 }).chain((shape) => {
    const data = allocate(
      dtype,
      shape.reduce((a, b) => a * b, 1),
    );
    const bytes = new Uint8Array(data.buffer);
    const byte = fc.nat(dtype === "bool" ? 1 : 255);
    return fc.array(byte, { minLength: bytes.length, maxLength: bytes.length }).map((values) => {
      const copy = data.slice();
      new Uint8Array(copy.buffer).set(values);
      return new Tensor(dtype, shape, copy);
    });
  });
}

const anyTensor = fc.constantFrom(...dtypes).chain(tensorOf);

/** A graph that calls layers below `layerCount`, built in running order. */
function graphOf(layerCount: number): fc.Arbitrary<SavedGraph> {
  const call = record({
    layer: fc.nat(Math.max(0, layerCount - 1)),
    picks: fc.array(fc.nat(), { maxLength: 3 }),
    args: config,
  });
  const plan = record({
    inputNames: fc.uniqueArray(name, { maxLength: 3 }),
    calls: fc.array(fc.tuple(call, fc.nat(2)), { maxLength: layerCount === 0 ? 0 : 4 }),
    outputNames: fc.uniqueArray(name, { maxLength: 3 }),
    types: fc.array(valueType, { minLength: 1, maxLength: 3 }),
  });
  return plan.map(({ inputNames, calls, outputNames, types }) => {
    const inputs: Port[] = inputNames.map((text, value) => ({ name: text, value }));
    let count = inputs.length;
    const nodes = calls.map(([{ layer, picks, args }, outputCount]): SavedNode => {
      const taken = count === 0 ? [] : picks.map((pick) => pick % count);
      const outputs = Array.from({ length: outputCount }, () => count++);
      const tensors = taken.map((_, i) => ({ tensor: i }));
      return { layer, inputs: taken, outputs, positional: Math.min(1, taken.length), args: { ...args, tensors } };
    });
    const outputs = count === 0 ? [] : outputNames.map((text, i) => ({ name: text, value: i % count }));
    const values = Array.from({ length: count }, (_, i) => types[i % types.length] as ValueType);
    return { inputs, outputs, nodes, values, layers: nodes.map(({ layer }) => layer) };
  });
}

function layerAt(index: number): fc.Arbitrary<SavedLayer> {
  const plain = record({ type: name, name, trainable: fc.boolean(), config });
  const inner = index === 0 ? config : config.map((map) => Object.assign(map, { inner: { layer: index - 1 } }));
  const holding = record({ type: name, name, trainable: fc.boolean(), config: inner });
  const model = record({ type: name, name, trainable: fc.boolean(), config, graph: graphOf(index) });
  return fc.oneof(plain, holding, model);
}

/** Models with every feature that `SavedModel` has. */
export const anyModel: fc.Arbitrary<SavedModel> = fc.integer({ min: 1, max: 4 }).chain((count) => {
  const weight = record<SavedWeight>({ layer: fc.nat(count - 1), name, tensor: anyTensor });
  const state = fc.uniqueArray(fc.tuple(key, anyTensor), { selector: ([text]) => text, maxLength: 3 });
  const model = {
    layers: fc.tuple(...Array.from({ length: count }, (_, i) => layerAt(i))),
    root: fc.nat(count - 1),
    weights: fc.uniqueArray(weight, { selector: (item) => `${item.layer} ${item.name}`, maxLength: 4 }),
  };
  const training = record({ config, state: state.map((list) => new Map(list)) });
  return fc.oneof(record<SavedModel>(model), record<SavedModel & object>({ ...model, training }));
});
