import { LamellaError, type LayerOptions, Model, type ModelType, type OutputCount, SymbolicTensor } from "@lamella/ir";

type Tensors = SymbolicTensor | readonly SymbolicTensor[];

/** The names of one or several symbolic tensors. */
export type NamesOf<T extends Tensors> =
  T extends SymbolicTensor<infer Name> ? Name : T extends readonly SymbolicTensor<infer Name>[] ? Name : never;

/** How many tensors there are, as far as the type tells. */
export type CountOf<T extends Tensors> = T extends SymbolicTensor | readonly [SymbolicTensor]
  ? "one"
  : T extends readonly [SymbolicTensor, SymbolicTensor, ...SymbolicTensor[]]
    ? "several"
    : OutputCount;

/** A graph of layers between named inputs and outputs. */
export class Functional<
  Inputs extends string = string,
  Outputs extends string = string,
  Count extends OutputCount = OutputCount,
> extends Model<Inputs, Outputs, Count> {
  constructor(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[], options: LayerOptions) {
    super(functionalType, options);
    this.connect(inputs, outputs);
  }
}

/** What a registry for loading needs to know of functional models. */
export const functionalType: ModelType = {
  type: "Functional",
  restore: ({ inputs, outputs, options }) => new Functional(inputs, outputs, options),
};

function listOf(tensors: unknown, what: string, name: string): readonly SymbolicTensor[] {
  const list: readonly unknown[] = Array.isArray(tensors) ? tensors : [tensors];
  if (list.length > 0 && list.every((tensor) => tensor instanceof SymbolicTensor)) return list;
  throw new LamellaError("graph", {
    where: name,
    problem: `The ${what} of a model must be symbolic tensors.`,
    expected: "what input() or a layer gave, or a list of them",
    received: list.length === 0 ? "an empty list" : list.map((item) => typeof item).join(", "),
  });
}

export interface ModelOptions<In extends Tensors, Out extends Tensors> {
  readonly inputs: In;
  readonly outputs: Out;
  /** Default: `functional`, `functional_1`, ... */
  readonly name?: string;
}

/**
 * A model from the tensors it starts from to those it ends in: branches, skips, shared layers, several inputs and
 * outputs, intermediate outputs. (Keras: Model, the functional API.)
 *
 * @throws LamellaError `graph` when an output depends on an input that is not given; `name` for duplicate layer names
 */
export function model<const In extends Tensors, const Out extends Tensors>(
  options: ModelOptions<In, Out>,
): Functional<NamesOf<In>, NamesOf<Out>, CountOf<Out>> {
  const name = options.name ?? "model";
  return new Functional(
    listOf(options.inputs, "inputs", name),
    listOf(options.outputs, "outputs", name),
    options.name === undefined ? {} : { name: options.name },
  );
}
