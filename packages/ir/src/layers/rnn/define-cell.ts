import { defineLayer, type LayerFactory } from "../../define-layer.ts";
import type { Fields } from "../../fields.ts";
import { Tracer } from "../../graph-builder.ts";
import type { LayerDefinition } from "../../layer.ts";
import type { LoweredArgs, LowerContext, Value } from "../../lowering.ts";
import { Reshape } from "../../operators.ts";
import { ownStages } from "./stages.ts";
import { GivenStates, zerosOf } from "./states.ts";

type CellDefinition<F extends Fields> = Omit<LayerDefinition<F>, "short" | "lower" | "masking" | "parts">;

function isTracers(value: LoweredArgs[string]): value is readonly Tracer[] {
  return Array.isArray(value) && value.every((item) => item instanceof Tracer);
}

/** One step of a cell outside of a loop: the output, then the new states. Call argument: `states`; zeros by default. */
function lowerStep<F extends Fields>(
  definition: CellDefinition<F>,
  context: LowerContext<Parameters<NonNullable<LayerDefinition<F>["cells"]>>[0]>,
  { tensor }: Value,
  args: LoweredArgs,
): readonly Tracer[] {
  const batch = tensor.shape[0]!;
  const states = args["states"];
  const given = isTracers(states) ? new GivenStates(context, states) : undefined;
  const fresh: Tracer[] = [];
  const output = ownStages(definition, context.config).reduce(
    (sequence, stage) =>
      stage(context, sequence, (loop, { builder, dtype }) => {
        const old =
          given?.take(batch, loop.stateShapes, dtype) ??
          loop.stateShapes.map((shape) => zerosOf(builder, [batch, ...shape], dtype));
        const scanned = loop.scanned.map((value) => Reshape(value, value.shape.slice(1)));
        const results = loop.step({ states: old, invariants: loop.invariants ?? [], scanned });
        fresh.push(...results.slice(0, old.length));
        const last = results[loop.outputShape === undefined ? 0 : old.length]!;
        return Reshape(last, [1, ...last.shape]);
      }),
    Reshape(tensor, [1, ...tensor.shape]),
  );
  given?.finish();
  return [Reshape(output, output.shape.slice(1)), ...fresh];
}

/**
 * Defines a cell: a layer that `rnn()` loops over time. (Keras: a layer with `state_size` and `call(inputs, states)`.)
 *
 * @example
 *     const decayCell = defineCell({ type: "DecayCell", fields: { rate: fields.number() }, positional: ["rate"],
 *       cell: ({ config }, sequence) => ({ stateShapes: [sequence.shape.slice(2)], scanned: [sequence],
 *         step: ({ states: [h], scanned: [x] }) => [Add(x, Mul(h, config.rate))] }) });
 *     const layer = rnn(decayCell(0.9), { returnSequences: true });
 */
export function defineCell<
  const F extends Fields,
  const Positional extends readonly (string & keyof F)[] = readonly [],
>(definition: CellDefinition<F> & { readonly positional?: Positional }): LayerFactory<F, Positional, true> {
  const lower: LayerDefinition<F>["lower"] = (context, [x], args) => lowerStep(definition, context, x!, args);
  const callArgs = ["states", ...(definition.callArgs ?? [])];
  return defineLayer<F, Positional>({ ...definition, callArgs, lower }) as unknown as LayerFactory<F, Positional, true>;
}
