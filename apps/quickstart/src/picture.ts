import type { Digits } from "@lamella-examples/mnist";

import { digitTiles, tile } from "./digit-tiles.ts";
import { type Curve, lossChart } from "./loss-chart.ts";
import { element, label } from "./svg.ts";

const columns = 8;
const margin = 24;
const chartWidth = 460;
const heading = { "font-size": 15, "font-weight": "bold" };

export interface Training {
  readonly loss: readonly number[];
  readonly validationLoss: readonly number[];
}

/** A picture of some digits, what the network saw in them, and how its loss went down, as SVG text. */
export function drawPicture(digits: Digits, classes: Uint8Array, training: Training): string {
  const all = Array.from(classes, (_, index) => index);
  const wrong = all.filter((index) => classes[index] !== digits.labels[index]);
  const first = all.slice(0, 4 * columns);
  const mistakes = wrong.slice(0, 2 * columns);
  const curves: Curve[] = [
    { name: "training", color: "#1565c0", values: training.loss },
    { name: "validation", color: "#ef6c00", values: training.validationLoss },
  ];
  const accuracy = (100 * (1 - wrong.length / digits.count)).toFixed(2);
  const side = margin + columns * tile.width + margin;
  const below = 92 + Math.ceil(first.length / columns) * tile.height + 24;
  const width = side + chartWidth + margin;
  const height = below + 16 + Math.ceil(mistakes.length / columns) * tile.height + margin;
  const at = (x: number, y: number, content: string) => element("g", { transform: `translate(${x} ${y})` }, [content]);
  const picture = element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      "font-family": "system-ui, 'Helvetica Neue', Arial, sans-serif",
      "font-size": 13,
      fill: "#222",
    },
    [
      element("rect", { width, height, fill: "#fff" }),
      label(`Handwritten digits, test accuracy ${accuracy} %`, margin, 36, { ...heading, "font-size": 20 }),
      label(`The first ${first.length} test digits, and what the network saw`, margin, 72, heading),
      at(margin, 88, digitTiles(digits, classes, first, columns)),
      label(mistakesTitle(mistakes.length, wrong.length), margin, below, heading),
      at(margin, below + 16, digitTiles(digits, classes, mistakes, columns)),
      label("Loss", side, 72, heading),
      at(side, 88, lossChart(curves, chartWidth, height - 88 - margin)),
    ],
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${picture}\n`;
}

function mistakesTitle(shown: number, all: number): string {
  if (all === 0) return "No mistakes";
  return `Mistakes: ${shown === all ? all : `the first ${shown} of ${all}`}`;
}
