import { type AnyModel, type JsonValue, type PrimitiveGraph, type Tensor, type ValueType } from "@lamella/ir";

/** A layer or operator, as far as files can differ in it. */
export interface Part {
  /** Its name, with those of the models it is in. */
  readonly path: string;
  readonly type: string;
  readonly config: Readonly<Record<string, JsonValue>>;
  /** Paths of what gives its inputs, call after call. */
  readonly inputs: readonly string[];
  readonly weights: ReadonlyMap<string, Tensor>;
}

/** What two files are compared by, whatever format they have. */
export interface Parts {
  /** Names of the inputs, in their order. */
  readonly inputs: readonly string[];
  readonly ports: ReadonlyMap<string, ValueType>;
  readonly parts: readonly Part[];
}

function portsOf({ inputs, outputs, values }: Pick<PrimitiveGraph, "inputs" | "outputs" | "values">) {
  return new Map<string, ValueType>([
    ...inputs.map(({ name, value }) => [`input ${name}`, values[value]!] as const),
    ...outputs.map(({ name, value }) => [`output ${name}`, values[value]!] as const),
  ]);
}

/** Every layer of a model, and of the models in it. */
export async function partsOfModel(model: AnyModel): Promise<Parts> {
  const parts: Part[] = [];
  const visit = async (current: AnyModel, prefix: string) => {
    const producers = new Map<number, string>();
    for (const { name, value } of current.graph.inputs) producers.set(value, `${prefix}${name}`);
    for (const { name, outputs } of current.graph.nodes)
      for (const id of outputs) producers.set(id, `${prefix}${name}`);
    for (const layer of current.operations) {
      const path = `${prefix}${layer.name}`;
      const calls = current.graph.nodes.filter(({ op }) => op.layer === layer);
      const isModel = layer.innerGraph !== undefined;
      const own = isModel ? [] : layer.ownWeights;
      const weights = await Promise.all(
        own.map(async (weight) => [weight.nameIn(layer), await weight.read()] as const),
      );
      parts.push({
        path,
        type: layer.type,
        config: { trainable: layer.trainable, ...(isModel ? {} : layer.getConfig()) },
        inputs: calls.flatMap(({ inputs }) => inputs.map((id) => producers.get(id)!)),
        weights: new Map(weights),
      });
      if (isModel) await visit(layer as AnyModel, `${path}/`);
    }
  };
  await visit(model, "");
  return { inputs: model.inputNames, ports: portsOf(model.graph), parts };
}

/** Every operator of an ONNX graph. */
export function partsOfGraph(graph: PrimitiveGraph): Parts {
  const producers = new Map(graph.inputs.map(({ name, value }) => [value, name]));
  const taken = new Map<string, number>();
  const parts = graph.nodes.map(({ name, op, inputs, outputs }): Part => {
    const before = taken.get(name) ?? 0;
    taken.set(name, before + 1);
    const path = before === 0 ? name : `${name} (${before + 1})`;
    for (const id of outputs) producers.set(id, path);
    const { weights, config } = attributesOf(op.attributes);
    return { path, type: op.type, config, inputs: inputs.map((id) => producers.get(id)!), weights };
  });
  return { inputs: graph.inputs.map(({ name }) => name), ports: portsOf(graph), parts };
}

/** Attributes as plain data, and the tensors among them. The body of a Scan is compared as a whole. */
function attributesOf(attributes: object): Pick<Part, "config" | "weights"> {
  const weights = new Map<string, Tensor>();
  const config: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(attributes) as [string, JsonValue | Tensor | PrimitiveGraph][]) {
    if (isTensor(value)) weights.set(name, value);
    else if (isGraph(value)) {
      for (const { path, type, config: inner, inputs, weights: constants } of partsOfGraph(value).parts) {
        config[`${name}/${path}`] = { type, inputs, ...inner };
        for (const [key, tensor] of constants) weights.set(`${name}/${path}/${key}`, tensor);
      }
    } else config[name] = value;
  }
  return { weights, config };
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const isTensor = (value: unknown): value is Tensor => isObject(value) && "dtype" in value && "data" in value;
const isGraph = (value: unknown): value is PrimitiveGraph => isObject(value) && "nodes" in value && "values" in value;
