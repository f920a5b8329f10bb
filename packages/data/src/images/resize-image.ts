import { type Interpolation, interpolationWeights, nearestPixels, type SmoothInterpolation, Tensor } from "@lamella/ir";

const { fround } = Math;

export type ImageSize = readonly [height: number, width: number];

export interface ResizeOptions {
  readonly interpolation: Interpolation;
  /** Takes the largest part in the middle that has the ratio of the target. */
  readonly cropToAspectRatio: boolean;
  /** Keeps the whole image, with black at its sides. */
  readonly padToAspectRatio: boolean;
}

/** An image of shape [height, width, channels] in another size, as float32. (Keras: image_dataset_from_directory's loader.) */
export function resizeImage(image: Tensor, size: ImageSize, options: ResizeOptions): Tensor<"float32"> {
  const [height, width] = image.shape as readonly [number, number, number];
  if (options.cropToAspectRatio) {
    const cropHeight = Math.min(height, Math.trunc((width * size[0]) / size[1]));
    const cropWidth = Math.min(width, Math.trunc((height * size[1]) / size[0]));
    const part = cropped(image, Math.max(cropHeight, 1), Math.max(cropWidth, 1));
    return resized(part, size, options.interpolation);
  }
  if (options.padToAspectRatio) {
    const ratio = Math.max(fround(width / size[1]), fround(height / size[0]));
    const exact: ImageSize = [fround(height / ratio), fround(width / ratio)];
    const inner: ImageSize = [Math.max(Math.floor(exact[0]), 1), Math.max(Math.floor(exact[1]), 1)];
    const [top, left] = exact.map((side, i) => Math.max(Math.floor(fround((size[i]! - side) / 2)), 0));
    return padded(resized(image, inner, options.interpolation), size, top!, left!);
  }
  return resized(image, size, options.interpolation);
}

function cropped(image: Tensor, height: number, width: number): Tensor<"float32"> {
  const [fullHeight, fullWidth, channels] = image.shape as readonly [number, number, number];
  const top = Math.trunc((fullHeight - height) / 2);
  const left = Math.trunc((fullWidth - width) / 2);
  const source = image.cast("float32").data;
  const data = new Float32Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * fullWidth + left) * channels;
    data.set(source.subarray(from, from + width * channels), y * width * channels);
  }
  return new Tensor("float32", [height, width, channels], data);
}

function padded(image: Tensor<"float32">, [height, width]: ImageSize, top: number, left: number): Tensor<"float32"> {
  const [innerHeight, innerWidth, channels] = image.shape as readonly [number, number, number];
  const data = new Float32Array(height * width * channels);
  const row = innerWidth * channels;
  for (let y = 0; y < innerHeight; y++) {
    data.set(image.data.subarray(y * row, (y + 1) * row), ((top + y) * width + left) * channels);
  }
  return new Tensor("float32", [height, width, channels], data);
}

function resized(image: Tensor, [height, width]: ImageSize, interpolation: Interpolation): Tensor<"float32"> {
  const [fromHeight, fromWidth, channels] = image.shape as readonly [number, number, number];
  const source = image.cast("float32").data;
  if (fromHeight === height && fromWidth === width) return new Tensor("float32", image.shape, source);
  const rows = tapsOf(fromHeight, height, interpolation);
  const columns = tapsOf(fromWidth, width, interpolation);
  const wide = new Float32Array(fromHeight * width * channels);
  for (let y = 0; y < fromHeight; y++) {
    for (let x = 0; x < width; x++) {
      for (const { from, weight } of columns[x]!) {
        const at = (y * fromWidth + from) * channels;
        for (let c = 0; c < channels; c++) wide[(y * width + x) * channels + c]! += weight * source[at + c]!;
      }
    }
  }
  const data = new Float32Array(height * width * channels);
  const row = width * channels;
  for (let y = 0; y < height; y++) {
    for (const { from, weight } of rows[y]!) {
      for (let i = 0; i < row; i++) data[y * row + i]! += weight * wide[from * row + i]!;
    }
  }
  return new Tensor("float32", [height, width, channels], data);
}

interface Tap {
  readonly from: number;
  readonly weight: number;
}
type Taps = readonly (readonly Tap[])[];

const known = new Map<string, Taps>();

/** What each target pixel is made of. */
function tapsOf(size: number, target: number, interpolation: Interpolation): Taps {
  const key = `${size} ${target} ${interpolation}`;
  let taps = known.get(key);
  if (taps === undefined) {
    taps = interpolation === "nearest" ? nearestTaps(size, target) : smoothTaps(size, target, interpolation);
    if (known.size > 256) known.clear();
    known.set(key, taps);
  }
  return taps;
}

function nearestTaps(size: number, target: number): Taps {
  return nearestPixels(size, target)
    .toNumbers()
    .map((from) => [{ from: Math.min(from, size - 1), weight: 1 }]);
}

function smoothTaps(size: number, target: number, interpolation: SmoothInterpolation): Taps {
  const { data } = interpolationWeights(size, target, interpolation, false);
  return Array.from({ length: target }, (_, to) =>
    Array.from(data.subarray(to * size, (to + 1) * size) as Float32Array, (weight, from) => ({ from, weight })).filter(
      ({ weight }) => weight !== 0,
    ),
  );
}
