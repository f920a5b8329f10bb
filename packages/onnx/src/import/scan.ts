import { GraphBuilder, type Tracer } from "@lamella/ir";

import { value } from "./known.ts";
import type { ImportRow } from "./node-reader.ts";
import { freeNames, Scope } from "./scope.ts";

export const scanRows: Readonly<Record<string, ImportRow>> = {
  /** What the body captures becomes its invariants. */
  Scan: (node) => {
    const { attributes, scope, proto } = node;
    const graph = attributes.graph("body");
    if (graph === undefined) throw node.unsupported("It has no body.");
    const scanned = attributes.int("num_scan_inputs", 0);
    const states = proto.input.length - scanned;
    const directions = [
      ...(attributes.ints("scan_input_directions") ?? Array.from({ length: scanned }, () => 0)),
      ...(attributes.ints("scan_output_directions") ?? Array.from({ length: proto.output.length - states }, () => 0)),
    ];
    if (directions.some((direction) => direction !== directions[0])) throw node.unsupported("Its directions differ.");
    const captured = [...freeNames(graph)].filter((name) => scope.known(name).kind === "value");

    const builder = new GraphBuilder("body");
    const inner = new Scope(builder, scope);
    const inputs = node.inputs();
    const declare = (name: string, prefix: string, { shape, dtype }: Tracer, index: number, drop: number): void =>
      inner.define(name, value(builder.input(`${prefix}${index}`, shape.slice(drop), dtype)));
    for (let i = 0; i < states; i++) declare(graph.input[i]!.name, "state", inputs[i]!, i, 0);
    for (const [i, name] of captured.entries()) declare(name, "invariant", scope.tracer(name), i, 0);
    for (let i = 0; i < scanned; i++) declare(graph.input[states + i]!.name, "scanned", inputs[states + i]!, i, 1);
    node.readGraph(graph, inner);

    const outputs = graph.output.map(({ name }, i): [string, Tracer] => [
      i < states ? `state${i}` : `output${i - states}`,
      inner.tracer(name),
    ]);
    const invariants = captured.map((name) => scope.tracer(name));
    return node.builder
      .emit("Scan", [...inputs.slice(0, states), ...invariants, ...inputs.slice(states)], {
        body: builder.finish(Object.fromEntries(outputs)),
        states,
        invariants: captured.length,
        reverse: directions[0] === 1,
      })
      .map(value);
  },
};
