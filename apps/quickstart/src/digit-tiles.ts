import type { Digits } from "@lamella-examples/mnist";
import { encode } from "fast-png";

import { element, label } from "./svg.ts";

export const tile = { width: 60, height: 76 };

const wrongColor = "#c62828";

/** Digits in rows, each with what the network saw in it; wrong ones in red, with what it should have seen. */
export function digitTiles(digits: Digits, classes: Uint8Array, which: readonly number[], columns: number): string {
  const tiles = which.map((index, place) => {
    const corner = [(place % columns) * tile.width, Math.floor(place / columns) * tile.height];
    const [predicted, truth] = [classes[index]!, digits.labels[index]!];
    const isWrong = predicted !== truth;
    const size = tile.width - 8;
    return element("g", { class: isWrong ? "digit wrong" : "digit", transform: `translate(${corner.join(" ")})` }, [
      element("image", {
        width: size,
        height: size,
        href: dataUri(digits, index),
        style: "image-rendering: pixelated",
      }),
      ...(isWrong
        ? [element("rect", { width: size, height: size, fill: "none", stroke: wrongColor, "stroke-width": 2 })]
        : []),
      label(isWrong ? `${predicted}, not ${truth}` : String(predicted), size / 2, size + 14, {
        "text-anchor": "middle",
        ...(isWrong ? { fill: wrongColor } : {}),
      }),
    ]);
  });
  return element("g", { class: "digits" }, tiles);
}

function dataUri({ side, pixels }: Digits, index: number): string {
  const data = pixels.slice(index * side * side, (index + 1) * side * side);
  const png = encode({ width: side, height: side, channels: 1, data });
  return `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
}
