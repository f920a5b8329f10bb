import { Cast, formatShape, GraphBuilder, type JsonObject, LamellaError, type ValueType } from "@lamella/ir";

import { inline } from "./gradients/replay.ts";
import { graphFromJson, graphToJson } from "./graph-json.ts";
import { computeDtype } from "./losses/compute-dtype.ts";
import { toSameRank } from "./losses/same-rank.ts";
import { named, recordFunction, type TensorFunction, type TracedFunction } from "./tensor-function.ts";

/** The type of a loss or metric that is a graph: that of a function, as it is saved. */
export const graphType = "Graph";

const typeText = ({ dtype, shape }: ValueType) => `${dtype} ${formatShape(shape)}`;

/** A function of targets and predictions as data: the graph that it records for tensors of these types. */
export function functionToJson(work: TensorFunction, yTrue: ValueType, yPred: ValueType): JsonObject {
  const scratch = new GraphBuilder("types");
  const dtype = computeDtype(yPred);
  const [target, prediction] = toSameRank(
    Cast(scratch.input("yTrue", yTrue.shape, yTrue.dtype), dtype),
    Cast(scratch.input("yPred", yPred.shape, yPred.dtype), dtype),
  );
  return { type: graphType, name: work.name, graph: graphToJson(recordFunction(work, target, prediction)) };
}

/**
 * The way back: a function that records the graph again.
 *
 * @throws LamellaError `format`; when it is called, `shape` for tensors of other types than it was saved for
 */
export function functionFromJson(saved: object, where: string): TracedFunction {
  const { name, graph: json } = saved as { readonly name?: unknown; readonly graph?: unknown };
  const label = typeof name === "string" ? name : "";
  const graph = graphFromJson(json, `${where} '${label}'`);
  const wanted = graph.inputs.map(({ value }) => typeText(graph.values[value]!)).join(", ");
  return named(label, (...given) => {
    const received = given.map(typeText).join(", ");
    if (received !== wanted) {
      throw new LamellaError("shape", {
        where: `${where} '${label}'`,
        problem: "It was saved for targets and predictions of other types.",
        expected: wanted,
        received,
        hint: "Compile again with the function itself.",
      });
    }
    return inline(graph, given[0].builder, given)[0]!;
  });
}
