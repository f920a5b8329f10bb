import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";

import { element, label } from "./svg.ts";

export interface Curve {
  readonly name: string;
  readonly color: string;
  /** One value an epoch. */
  readonly values: readonly number[];
}

/** A chart of values over epochs, as an SVG group whose upper left corner is at 0, 0. */
export function lossChart(curves: readonly Curve[], width: number, height: number): string {
  const epochs = Math.max(...curves.map(({ values }) => values.length));
  const x = scaleLinear([1, Math.max(2, epochs)], [44, width - 8]);
  const y = scaleLinear([0, Math.max(...curves.flatMap(({ values }) => values))], [height - 40, 8]).nice(5);
  const [left, right] = x.range() as [number, number];
  const [bottom] = y.range() as [number, number];
  const grid = y
    .ticks(5)
    .flatMap((tick) => [
      element("line", { x1: left, x2: right, y1: y(tick), y2: y(tick), stroke: tick === 0 ? "#888" : "#e4e4e4" }),
      label(y.tickFormat(5)(tick), left - 8, y(tick) + 4, { "text-anchor": "end" }),
    ]);
  const numbers = x
    .ticks(Math.min(epochs, 10))
    .filter((tick) => Number.isInteger(tick))
    .map((tick) => label(String(tick), x(tick), bottom + 18, { "text-anchor": "middle" }));
  const path = line<number>(
    (_, epoch) => x(epoch + 1),
    (value) => y(value),
  );
  const drawn = curves.flatMap(({ color, values }) => [
    element("path", { d: path.digits(1)(values) ?? "", fill: "none", stroke: color, "stroke-width": 2 }),
    ...values.map((value, epoch) => element("circle", { cx: x(epoch + 1), cy: y(value), r: 3, fill: color })),
  ]);
  const legend = curves.flatMap(({ name, color }, i) => [
    element("line", {
      x1: right - 118,
      x2: right - 98,
      y1: 20 + 20 * i,
      y2: 20 + 20 * i,
      stroke: color,
      "stroke-width": 2,
    }),
    label(name, right - 90, 24 + 20 * i),
  ]);
  const caption = label("epoch", (left + right) / 2, height - 4, { "text-anchor": "middle" });
  return element("g", { class: "chart" }, [...grid, ...numbers, caption, ...drawn, ...legend]);
}
