import { Tensor } from "./tensor.ts";

/** How images are resized. */
export const interpolations = ["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"] as const;
export type Interpolation = (typeof interpolations)[number];
/** Those that give weighted sums. */
export type SmoothInterpolation = Exclude<Interpolation, "nearest">;

const { fround } = Math;

interface Filter {
  readonly radius: number;
  /** The weight of what lies `x` pixels away. */
  readonly at: (x: number) => number;
}

function lanczos(radius: number): Filter {
  return {
    radius,
    at(x) {
      if (x > radius) return 0;
      if (x <= 1e-3) return 1;
      return (radius * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / radius)) / (Math.PI * Math.PI * x * x);
    },
  };
}

const filters: { readonly [I in SmoothInterpolation]: Filter } = {
  bilinear: { radius: 1, at: (x) => Math.max(0, 1 - x) },
  bicubic: {
    radius: 2,
    at(x) {
      if (x >= 2) return 0;
      return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1;
    },
  },
  lanczos3: lanczos(3),
  lanczos5: lanczos(5),
};

function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** TensorFlow's bicubic kernel is a table with 1024 places between two pixels. */
function tabulated(position: number): number {
  const pixel = Math.floor(position);
  return pixel + roundHalfEven((position - pixel) * 1024) / 1024;
}

/**
 * What every one of `size` pixels gives to each of `target` pixels, as TensorFlow's tf.image.resize weighs them: pixels
 * beyond the edge give nothing, and the weights of a target pixel add up to 1. Positions are rounded as there.
 */
export function interpolationWeights(
  size: number,
  target: number,
  interpolation: SmoothInterpolation,
  antialias: boolean,
): Tensor {
  const { radius, at } = filters[interpolation];
  const plain = !antialias && (interpolation === "bilinear" || interpolation === "bicubic");
  const step = plain ? fround(size / target) : fround(1 / fround(target / size));
  const spread = antialias ? Math.max(step, 1) : 1;
  const weights = new Float32Array(target * size);
  for (let to = 0; to < target; to++) {
    const centre = fround(fround(to + 0.5) * step);
    const exact = fround(centre - 0.5);
    const position = plain && interpolation === "bicubic" ? tabulated(exact) : exact;
    const row = Array.from({ length: size }, (_, from) => {
      const distance = plain ? position - from : fround(centre - (from + 0.5));
      return Math.abs(distance) > radius * spread ? 0 : at(Math.abs(distance) / spread);
    });
    const total = row.reduce((sum, weight) => sum + weight, 0);
    for (const [from, weight] of row.entries()) weights[to * size + from] = weight / total;
  }
  return new Tensor("float32", [target, size], weights);
}

/** Which of `size` pixels is nearest to the middle of each of `target` pixels. */
export function nearestPixels(size: number, target: number): Tensor {
  const step = fround(size / target);
  const pixels = Int32Array.from({ length: target }, (_, to) => Math.floor(fround(fround(to + 0.5) * step)));
  return new Tensor("int32", [target], pixels);
}
