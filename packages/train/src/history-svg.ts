import { checkWhole } from "@lamella/ir";
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";

/** The values of one name, epoch by epoch. */
export interface Curve {
  readonly name: string;
  readonly epochs: readonly number[];
  readonly values: readonly number[];
}

export interface PlotOptions {
  /** The width of the picture. Default 640. */
  readonly width?: number;
  /** The height of each chart in it. Default 240. */
  readonly height?: number;
  /** What to show, such as `loss`: each is a chart with what was trained and what was validated. Default: everything. */
  readonly names?: readonly string[];
}

const margin = { top: 42, right: 16, bottom: 28, left: 64 };
const colors = { trained: "#1f77b4", validated: "#d95f02" };
const grey = "#777";

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const rounded = (value: number) => String(Math.round(value * 100) / 100);

type Attributes = Readonly<Record<string, string | number>>;

function element(name: string, attributes: Attributes, content = ""): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === "number" ? rounded(value) : escaped(value)}"`,
  );
  return `<${name}${written.join("")}>${content}</${name}>`;
}

const text = (content: string, attributes: Attributes) => element("text", attributes, escaped(content));

/** The range of numbers, widened where it is empty. */
function rangeOf(numbers: readonly number[]): [number, number] {
  const finite = numbers.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  const [min, max] = [finite.reduce((a, b) => Math.min(a, b)), finite.reduce((a, b) => Math.max(a, b))];
  return min === max ? [min - 0.5, max + 0.5] : [min, max];
}

/** The curves of one name. Values that are not finite leave gaps; a curve of one point is a dot. */
function chart(name: string, curves: readonly Curve[], top: number, width: number, height: number): string {
  const points = curves.map(({ epochs, values }) =>
    values.map((value, i): readonly [number, number] => [epochs[i]! + 1, value]),
  );
  const x = scaleLinear(rangeOf(points.flatMap((list) => list.map(([epoch]) => epoch))), [
    margin.left,
    width - margin.right,
  ]);
  const y = scaleLinear(rangeOf(curves.flatMap(({ values }) => values)), [height - margin.bottom, margin.top]).nice();
  const format = y.tickFormat(5);
  const rows = y.ticks(5).map((value) => {
    const at = { y1: y(value), y2: y(value) };
    return (
      element("line", { x1: margin.left, x2: width - margin.right, ...at, stroke: "#ddd" }) +
      text(format(value), { x: margin.left - 8, y: y(value) + 4, "text-anchor": "end", fill: grey })
    );
  });
  const epochs = x.ticks(8).filter(Number.isInteger);
  const columns = epochs.map((epoch) =>
    text(String(epoch), { x: x(epoch), y: height - margin.bottom + 16, "text-anchor": "middle", fill: grey }),
  );
  const shape = line<readonly [number, number]>()
    .defined(([, value]) => Number.isFinite(value))
    .x(([epoch]) => x(epoch))
    .y(([, value]) => y(value))
    .digits(2);
  const drawn = curves.flatMap((curve, i) => {
    const color = curve.name === name ? colors.trained : colors.validated;
    const path = shape(points[i]!);
    const dots = points[i]!.filter(([, value]) => points[i]!.length === 1 && Number.isFinite(value));
    const label = { x: width - margin.right, y: 16 * (i + 1), "text-anchor": "end", fill: color };
    return [
      element("path", { d: path ?? "", fill: "none", stroke: color, "stroke-width": 2 }),
      ...dots.map(([epoch, value]) => element("circle", { cx: x(epoch), cy: y(value), r: 3, fill: color })),
      text(curve.name, label),
    ];
  });
  const title = text(name, { x: margin.left, y: 18, "font-weight": "bold", fill: "#222" });
  return element("g", { transform: `translate(0 ${top})` }, [title, ...rows, ...columns, ...drawn].join(""));
}

/**
 * A picture of curves over the epochs, counted from 1: one chart a name, `val_` in front or not.
 *
 * @throws LamellaError `config` for a width or height that is not a whole number of at least 100
 */
export function historySvg(curves: readonly Curve[], options: PlotOptions = {}): string {
  const { width = 640, height = 240 } = options;
  checkWhole("width", width, 100);
  checkWhole("height", height, 100);
  const baseOf = (name: string) => name.replace(/^val_/u, "");
  const names = options.names ?? [...new Set(curves.map(({ name }) => baseOf(name)))];
  const charts = names.map((name, i) =>
    chart(
      name,
      curves.filter((curve) => baseOf(curve.name) === name),
      i * height,
      width,
      height,
    ),
  );
  const size = { width, height: height * names.length };
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      ...size,
      viewBox: `0 0 ${size.width} ${size.height}`,
      "font-family": "sans-serif",
      "font-size": 12,
    },
    element("rect", { ...size, fill: "white" }) + charts.join(""),
  );
}
