import { copyLayer } from "../../copy-layer.ts";
import { defineLayer } from "../../define-layer.ts";
import { LamellaError } from "../../errors.ts";
import { fields } from "../../fields.ts";
import { Tracer } from "../../graph-builder.ts";
import type { AnyLayer, Layer, LayerDefinition, LayerOptions } from "../../layer.ts";
import type { LoweredArgs, Value } from "../../lowering.ts";
import { Add, Cast, Concat, Div, Mul, Reverse } from "../../operators.ts";
import type { SymbolicTensor } from "../../symbolic.ts";

const merges = {
  sum: (a: Tracer, b: Tracer) => Add(a, b),
  mul: (a: Tracer, b: Tracer) => Mul(a, b),
  concat: (a: Tracer, b: Tracer) => Concat([a, b], -1),
  ave: (a: Tracer, b: Tracer) => Div(Add(a, b), 2),
};
type MergeMode = keyof typeof merges;
const mergeModes = Object.keys(merges) as readonly MergeMode[];

interface Config {
  readonly layer: AnyLayer;
  readonly backwardLayer: AnyLayer | null;
}

const shared = ["stateful", "returnSequences", "returnState"] as const;

function requireRecurrent(layer: AnyLayer): void {
  if ("goBackwards" in layer.config && shared.every((option) => option in layer.config)) return;
  throw new LamellaError("config", {
    where: layer.label,
    problem: "The layer is not recurrent.",
    expected: `a layer with the options goBackwards, ${shared.join(", ")}`,
  });
}

function requireOpposite(forward: AnyLayer, backward: AnyLayer): void {
  if (forward.config["goBackwards"] === backward.config["goBackwards"]) {
    throw new LamellaError("config", {
      where: backward.label,
      problem: "The forward and the backward layer go in the same direction.",
      expected: "different values of goBackwards",
      received: `${String(forward.config["goBackwards"])} for both`,
    });
  }
  for (const option of shared) {
    if (forward.config[option] === backward.config[option]) continue;
    throw new LamellaError("config", {
      where: backward.label,
      problem: `The forward and the backward layer differ in ${option}.`,
      expected: String(forward.config[option]),
      received: String(backward.config[option]),
    });
  }
}

/** A copy, so that no weights are shared. Its sequences are 0 where a step is masked. */
function direction(layer: AnyLayer, name: string, config: Readonly<Record<string, unknown>> = {}): AnyLayer {
  requireRecurrent(layer);
  const zeroOutputForMask = layer.config["returnSequences"];
  const masked = "zeroOutputForMask" in layer.config ? { zeroOutputForMask } : {};
  return copyLayer(layer, { name, config: { ...config, ...masked } });
}

function directions({ layer, backwardLayer }: Config): Readonly<Record<"forward" | "backward", AnyLayer>> {
  const named = (prefix: string) =>
    prefix + (layer.name.startsWith(prefix) ? layer.name.slice(prefix.length) : layer.name);
  const forward = direction(layer, named("forward_"));
  const backward =
    backwardLayer === null
      ? direction(layer, named("backward_"), { goBackwards: true })
      : direction(backwardLayer, backwardLayer.name);
  requireOpposite(forward, backward);
  return { forward, backward };
}

const definition = defineLayer({
  type: "Bidirectional",
  fields: {
    layer: fields.layer(),
    mergeMode: fields.orNull(fields.choice(mergeModes, "concat")),
    backwardLayer: fields.orNull(fields.layer()),
  },
  positional: ["layer"],
  masking: "own",
  callArgs: ["initialState"],
  parts: directions,
  lower(context, [x], args) {
    const { mergeMode } = context.config;
    const { initialState, mask } = args;
    const half = Math.floor((initialState?.length ?? 0) / 2);
    const given = (from: number, to?: number): LoweredArgs => ({
      ...(mask instanceof Tracer ? { mask } : {}),
      ...(initialState === undefined ? {} : { initialState: initialState.slice(from, to) }),
    });
    const forward = context.part("forward");
    const computed = (value: Value): Value => ({ ...value, tensor: Cast(value.tensor, context.dtype) });
    const [first, ...states] = context.call(forward, [x!], given(0, half));
    const [second, ...backwardStates] = context.call(context.part("backward"), [x!], given(half));
    const [y, reversed] = [computed(first!), computed(second!)];
    const back = forward.config["returnSequences"] === true ? Reverse(reversed.tensor, 1) : reversed.tensor;
    const outputs: readonly Value[] =
      mergeMode === null ? [y, { ...reversed, tensor: back }] : [{ ...y, tensor: merges[mergeMode](y.tensor, back) }];
    return [...outputs, ...states, ...backwardStates];
  },
});

interface BidirectionalOptions {
  /** How the two outputs become one; null gives both. Default: concat. */
  readonly mergeMode?: MergeMode | null;
  /** Default: a copy of the layer that goes backwards. */
  readonly backwardLayer?: AnyLayer | null;
}

/** What a call gives: a list when the layer within gives one, or when the outputs stay apart. */
type OutOf<Inner, Options, Name extends string> = Inner extends readonly unknown[]
  ? SymbolicTensor[]
  : Options extends { readonly mergeMode: null }
    ? SymbolicTensor[]
    : SymbolicTensor<Name>;

interface BidirectionalFactory {
  <Inner, const Name extends string = string, const Options extends BidirectionalOptions = object>(
    layer: Layer<string, Inner>,
    options?: Options & BidirectionalOptions & LayerOptions<Name>,
  ): Layer<Name, OutOf<Inner, Options, Name>>;
  readonly definition: LayerDefinition;
}

/** A recurrent layer and its mirror image, over the time axis in both directions. (Keras: Bidirectional.) */
export const bidirectional = definition as unknown as BidirectionalFactory;
