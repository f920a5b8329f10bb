import { LamellaError } from "@lamella/ir";

/**
 * An SVG picture as PNG, by resvg, at a multiple of its size. Letters are those of the system's fonts.
 *
 * @throws LamellaError `unsupported` where @resvg/resvg-js is not installed
 */
export async function pngOf(svg: string, scale = 2): Promise<Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js").catch((cause: unknown) => {
    throw new LamellaError("unsupported", {
      problem: "What makes PNG pictures cannot be loaded.",
      expected: "the package @resvg/resvg-js",
      received: cause instanceof Error ? cause.message : String(cause),
      hint: "Install it (npm install @resvg/resvg-js), or write an .svg.",
      cause,
    });
  });
  return new Resvg(svg, { fitTo: { mode: "zoom", value: scale } }).render().asPng();
}
