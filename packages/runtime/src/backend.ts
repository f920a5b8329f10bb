import {
  bindShape,
  type Bindings,
  type DType,
  formatShape,
  LamellaError,
  nearestName,
  type PrimitiveGraph,
  type StaticShape,
  type Tensor,
} from "@lamella/ir";

/** A value that lives where its backend computes. */
export interface DeviceTensor {
  readonly shape: StaticShape;
  readonly dtype: DType;
  /** Copies the value to the host. @throws LamellaError `state` once it is disposed. */
  read(): Promise<Tensor>;
  /** Gives the memory back; a second time does nothing. */
  dispose(): void;
}

/** What a run takes for an input. */
export type Feed = Tensor | DeviceTensor;
export type Feeds = Readonly<Record<string, Feed>>;

export interface CompileOptions {
  /** What error messages and profiles call the graph. */
  readonly label?: string;
  /** Inputs, by name, whose value never changes: they are embedded and no longer fed. */
  readonly constants?: Readonly<Record<string, Tensor>>;
}

/** A compiled graph. It holds no state between runs. */
export interface Executable extends AsyncDisposable {
  /** One run. All graph inputs are fed; all graph outputs come back, and belong to the caller. */
  run(feeds: Feeds): Promise<Record<string, DeviceTensor>>;
  /** Gives native memory back; a second time does nothing. A run afterwards throws LamellaError `state`. */
  dispose(): Promise<void>;
}

/** Where primitive graphs run. */
export interface Backend {
  readonly name: string;
  /**
   * Whether every run copies what it gives, so that steps which hand their state on cost less in one run. Then a Scan has to
   * give the bits that its body gives in runs of its own. Default false.
   */
  readonly copiesOutputs?: boolean;
  /** Why this backend cannot be used here, as a sentence a user can act on; undefined when it can. */
  check(): Promise<string | undefined>;
  upload(tensor: Tensor): DeviceTensor;
  compile(graph: PrimitiveGraph, options?: CompileOptions): Promise<Executable>;
}

/** A value in host memory, for backends that compute there. */
export function hostTensor(tensor: Tensor): DeviceTensor {
  let held: Tensor | undefined = tensor;
  return {
    shape: tensor.shape,
    dtype: tensor.dtype,
    read: async () => {
      if (held !== undefined) return held;
      throw new LamellaError("state", {
        problem: "The tensor has been disposed.",
        hint: "Read a value before disposing of it.",
      });
    },
    dispose: () => {
      held = undefined;
    },
  };
}

export function isDeviceTensor(feed: Feed): feed is DeviceTensor {
  return "read" in feed;
}

/** The value of a feed on the host, whichever backend it comes from. */
export async function readFeed(feed: Feed): Promise<Tensor> {
  return isDeviceTensor(feed) ? feed.read() : feed;
}

/** The error for values given under names that the graph has no input for. */
function unknownInput(name: string, known: readonly string[], where: string): LamellaError {
  const nearest = nearestName(name, known);
  return new LamellaError("data", {
    where,
    problem: `There is no input '${name}'.`,
    expected: known.length === 0 ? "no inputs" : `inputs ${known.join(", ")}`,
    hint: nearest === undefined ? undefined : `Did you mean '${nearest}'?`,
  });
}

/**
 * Checks that each named value fits its graph input, and that no name is unknown. Inputs without a value are left alone.
 * Returns the values of the symbols in their shapes.
 */
export function bindValues(
  graph: PrimitiveGraph,
  values: Readonly<Record<string, { readonly shape: StaticShape; readonly dtype: DType }>>,
): Bindings {
  const known = graph.inputs.map(({ name }) => name);
  for (const name of Object.keys(values)) {
    if (!known.includes(name)) throw unknownInput(name, known, graph.name);
  }
  const bindings: Record<string, number> = {};
  const given = graph.inputs.filter(({ name }) => Object.hasOwn(values, name));
  for (const { name, value } of given) {
    const { shape, dtype } = graph.values[value]!;
    const actual = values[name]!;
    const where = `${graph.name}, input '${name}'`;
    if (actual.dtype !== dtype) {
      throw new LamellaError("data", { where, problem: "Wrong dtype.", expected: dtype, received: actual.dtype });
    }
    bindOne(where, shape, actual.shape, bindings);
  }
  // A second time with all symbols known: expressions such as time*2 may stand before the symbol itself.
  for (const { name, value } of given) {
    bindOne(`${graph.name}, input '${name}'`, graph.values[value]!.shape, values[name]!.shape, bindings);
  }
  return bindings;
}

function bindOne(
  where: string,
  shape: PrimitiveGraph["values"][number]["shape"],
  actual: StaticShape,
  bindings: Record<string, number>,
): void {
  const misfit = bindShape(shape, actual, bindings);
  if (misfit === undefined) return;
  throw new LamellaError("data", {
    where,
    problem: "Wrong shape.",
    expected: `(${shape.join(", ")})`,
    received: `${formatShape(actual)}, ${misfit}`,
  });
}

/**
 * Checks that a run is fed all graph inputs, and nothing else, with the right dtypes and shapes. Returns the values of
 * the symbols.
 *
 * @throws LamellaError `data` that names the input, what was expected and what was received.
 */
export function bindFeeds(
  graph: PrimitiveGraph,
  feeds: Readonly<Record<string, { readonly shape: StaticShape; readonly dtype: DType }>>,
): Bindings {
  const bindings = bindValues(graph, feeds);
  for (const { name, value } of graph.inputs) {
    if (Object.hasOwn(feeds, name)) continue;
    const { shape, dtype } = graph.values[value]!;
    throw new LamellaError("data", {
      where: graph.name,
      problem: `The input '${name}' is not fed.`,
      expected: `${dtype} of shape (${shape.join(", ")})`,
      received: Object.keys(feeds).length === 0 ? "no inputs" : `inputs ${Object.keys(feeds).join(", ")}`,
    });
  }
  return bindings;
}
