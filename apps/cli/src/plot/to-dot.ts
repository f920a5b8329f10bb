import type { PlotBox, PlotGraph, PlotNode } from "./plot-graph.ts";

export type Direction = "TB" | "LR";

const colours: { readonly [K in PlotNode["kind"]]: { readonly fill: string; readonly line: string } } = {
  input: { fill: "#e3f1e4", line: "#4d8f57" },
  output: { fill: "#fbe6d4", line: "#c0702f" },
  weights: { fill: "#e2ecf9", line: "#3f6fb0" },
  plain: { fill: "#f4f4f4", line: "#8a8a8a" },
};

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** A graph in Graphviz's language. */
export function toDot({ root, edges }: PlotGraph, direction: Direction): string {
  return [
    "digraph model {",
    `  graph [rankdir=${direction}, fontname="Arial", fontsize=11, fontcolor="#555555", labeljust=l, nodesep=0.3, ranksep=0.35, bgcolor=white, pad=0.2, label=${quoted(root.title)}, labelloc=t]`,
    '  node [shape=box, style="filled,rounded", fontname="Arial", fontsize=11, margin="0.12,0.06", height=0.3]',
    '  edge [arrowsize=0.6, color="#666666"]',
    ...contents(root, "  "),
    ...edges.map(([from, to]) => `  ${from} -> ${to}`),
    "}",
    "",
  ].join("\n");
}

function contents({ nodes, boxes }: PlotBox, indent: string): string[] {
  return [
    ...nodes.map((node) => `${indent}${nodeText(node)}`),
    ...boxes.flatMap((box) => [
      `${indent}subgraph cluster_${box.id} {`,
      `${indent}  label=${quoted(box.title)}; style="rounded,filled"; color="#b5b5b5"; fillcolor="#00000008"; labelloc=t; margin=10`,
      ...contents(box, `${indent}  `),
      `${indent}}`,
    ]),
  ];
}

function nodeText({ id, name, type, shape, kind, frozen }: PlotNode): string {
  const { fill, line } = colours[kind];
  const lines = [
    `<b>${escaped(type)}</b>`,
    `<font color="#555555">${escaped(name)}</font>`,
    ...(shape === undefined ? [] : [escaped(shape)]),
  ];
  const style = frozen ? ', style="filled,rounded,dashed"' : "";
  return `${id} [label=<${lines.join("<br/>")}>, fillcolor="${fill}", color="${line}"${style}]`;
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
