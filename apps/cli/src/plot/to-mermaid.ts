import type { PlotBox, PlotGraph, PlotNode } from "./plot-graph.ts";
import type { Direction } from "./to-dot.ts";

const classes: { readonly [K in PlotNode["kind"]]: string } = {
  input: "fill:#e3f1e4,stroke:#4d8f57,color:#222",
  output: "fill:#fbe6d4,stroke:#c0702f,color:#222",
  weights: "fill:#e2ecf9,stroke:#3f6fb0,color:#222",
  plain: "fill:#f4f4f4,stroke:#8a8a8a,color:#222",
};

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A graph as a Mermaid flowchart, which Markdown on GitHub and elsewhere draws. */
export function toMermaid({ root, edges }: PlotGraph, direction: Direction): string {
  return [
    `flowchart ${direction}`,
    ...contents(root, "  "),
    ...edges.map(([from, to]) => `  ${from} --> ${to}`),
    ...Object.entries(classes).map(([kind, style]) => `  classDef ${kind} ${style}`),
    "",
  ].join("\n");
}

function contents({ nodes, boxes }: PlotBox, indent: string): string[] {
  return [
    ...nodes.map(({ id, name, type, shape, kind }) => {
      const lines = [`<b>${escaped(type)}</b>`, escaped(name), ...(shape === undefined ? [] : [escaped(shape)])];
      return `${indent}${id}["${lines.join("<br/>")}"]:::${kind}`;
    }),
    ...boxes.flatMap((box) => [
      `${indent}subgraph ${box.id}["${escaped(box.title)}"]`,
      ...contents(box, `${indent}  `),
      `${indent}end`,
    ]),
  ];
}
