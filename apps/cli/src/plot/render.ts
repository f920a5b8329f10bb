import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { LamellaError } from "@lamella/ir";
import type * as resvgModule from "@resvg/resvg-wasm";

const require = createRequire(import.meta.url);

/** Lays a graph out and draws it as SVG, with Graphviz. */
export async function svgOf(dot: string): Promise<string> {
  const { instance } = await import("@viz-js/viz");
  const result = (await instance()).render(dot, { format: "svg" });
  if (result.status === "success") return result.output;
  const messages = result.errors.map(({ message }) => message).join(" ");
  throw new LamellaError("unsupported", { problem: `Graphviz cannot draw this: ${messages}` });
}

const family = "Arimo";
/** The widest picture: renderers and viewers have their limits. */
const mostPixels = 16_384;

let resvg: Promise<typeof resvgModule> | undefined;

/** The renderer, which can be made ready once only. */
async function loadResvg(): Promise<typeof resvgModule> {
  const module = await import("@resvg/resvg-wasm");
  await module.initWasm(await readFile(require.resolve("@resvg/resvg-wasm/index_bg.wasm")));
  return module;
}

/** SVG as PNG, twice as fine as a screen by default. The letters are Arimo's, which are as wide as those of Arial. */
export async function pngOf(svg: string, scale = 2): Promise<Uint8Array> {
  resvg ??= loadResvg();
  const { Resvg } = await resvg;
  const fonts = await Promise.all([
    readFile(require.resolve("@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf")),
    readFile(require.resolve("@expo-google-fonts/arimo/700Bold/Arimo_700Bold.ttf")),
  ]);
  const named = svg.replaceAll('font-family="Arial"', `font-family="${family}"`);
  const font = { fontBuffers: fonts, defaultFontFamily: family, sansSerifFamily: family };
  const { width, height } = new Resvg(named, { font });
  const zoom = Math.min(scale, mostPixels / width, mostPixels / height);
  return new Resvg(named, { font, fitTo: { mode: "zoom", value: zoom } }).render().asPng();
}
