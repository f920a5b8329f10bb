import { defineLayer } from "../../define-layer.ts";
import { type Dim, mulDim } from "../../dim.ts";
import { fields } from "../../fields.ts";
import { GraphBuilder, type Tracer } from "../../graph-builder.ts";
import type { AnyLayer } from "../../layer.ts";
import { castFor, type LowerContext, Lowering, type Value } from "../../lowering.ts";
import { Concat, Reshape, SliceAxis } from "../../operators.ts";

/** Calls a layer as Keras does here: without its activity regularizer. */
function callOn(context: LowerContext<unknown>, layer: AnyLayer, { tensor, mask }: Value): Tracer {
  const value = { tensor: castFor(layer, tensor), mask };
  const result = context.within(layer, (inner) => layer.lower(inner, [value], {}));
  const outputs = [result].flat() as readonly (Tracer | Value)[];
  if (outputs.length !== 1) {
    throw context.error("config", {
      problem: "The layer gives several outputs.",
      expected: "a layer that gives one",
      received: `${layer.label}, which gives ${outputs.length}`,
    });
  }
  const [output] = outputs;
  return "tensor" in output! ? output.tensor : output!;
}

/** Whether a step leaves something for the next one, or adds to the loss: then steps cannot be taken for samples. */
function stepsDiffer(context: LowerContext<unknown>, layer: AnyLayer, { tensor, mask }: Value): boolean {
  const builder = new GraphBuilder("step");
  const lowering = new Lowering(builder, { training: context.training });
  const step = ([batch, , ...rest]: readonly Dim[]) => [batch!, ...rest];
  const value: Value = {
    tensor: builder.input("input", step(tensor.shape), tensor.dtype),
    ...(mask === undefined ? {} : { mask: builder.input("mask", step(mask.shape), mask.dtype) }),
  };
  context.within(layer, () => lowering.apply(layer, [value], {}, context.sources));
  return lowering.assigned.size > 0 || lowering.losses.length > 0;
}

/** Steps as further samples: one call for all of them. */
function callOnce(context: LowerContext<unknown>, layer: AnyLayer, { tensor, mask }: Value): Tracer {
  const [batch, time] = tensor.shape as readonly [Dim, Dim];
  const fold = (x: Tracer) => Reshape(x, [mulDim(batch, time), ...x.shape.slice(2)]);
  const output = callOn(context, layer, { tensor: fold(tensor), mask: mask === undefined ? undefined : fold(mask) });
  return Reshape(output, [batch, time, ...output.shape.slice(1)]);
}

function callStepByStep(context: LowerContext<unknown>, layer: AnyLayer, { tensor, mask }: Value): Tracer {
  const time = tensor.shape[1]!;
  if (typeof time !== "number") {
    throw context.error("shape", {
      problem: `${layer.label} changes from step to step, so the number of steps must be known.`,
      expected: "a number of steps",
      received: context.sources.join(", "),
      hint: "Give the input a shape with that size.",
    });
  }
  const outputs = Array.from({ length: time }, (_, i) => {
    const at = (x: Tracer) => Reshape(SliceAxis(x, 1, i, i + 1), [x.shape[0]!, ...x.shape.slice(2)]);
    const output = callOn(context, layer, { tensor: at(tensor), mask: mask === undefined ? undefined : at(mask) });
    const [batch, ...rest] = output.shape;
    return Reshape(output, [batch!, 1, ...rest]);
  });
  return Concat(outputs, 1);
}

/** Calls a layer on every step of a sequence. (Keras: TimeDistributed.) */
export const timeDistributed = defineLayer({
  type: "TimeDistributed",
  fields: { layer: fields.layer() },
  positional: ["layer"],
  masking: "pass",
  lower(context, [x]) {
    const { layer } = context.config;
    const { tensor, mask } = x!;
    if (tensor.rank < 3) {
      throw context.error("shape", {
        problem: "The rank of the input does not fit.",
        expected: "rank 3 or more (batch, time, and what the layer takes)",
        received: context.sources.join(", "),
      });
    }
    if (mask !== undefined && (mask.rank < 2 || !mask.shape.slice(0, 2).every((dim, i) => dim === tensor.shape[i]))) {
      throw context.error("shape", {
        problem: "The mask does not fit the input.",
        expected: `a mask that starts with (${tensor.shape.slice(0, 2).join(", ")})`,
        received: `(${mask.shape.join(", ")})`,
      });
    }
    return stepsDiffer(context, layer, x!) ? callStepByStep(context, layer, x!) : callOnce(context, layer, x!);
  },
});
