import { extname } from "node:path";

import { readCsv, readImage, readNpy } from "@lamella/data";
import { isStatic, LamellaError, sizeOf, type Tensor } from "@lamella/ir";
import type { Slot } from "@lamella/train";

/** Readers by the endings of file names. */
const readers: Readonly<Record<string, (path: string, slot: Slot, tell: (text: string) => void) => Promise<Tensor>>> = {
  ".npy": (path) => readNpy(path),
  ".csv": readTable,
  ".png": readPicture,
  ".jpg": readPicture,
  ".jpeg": readPicture,
};

/**
 * The array of a file for an input. The rows of a CSV file become samples, an image becomes one of the size and the colours that
 * the input takes.
 *
 * @param tell is told what was changed
 * @throws LamellaError that names the file
 */
export function readArray(path: string, slot: Slot, tell: (text: string) => void): Promise<Tensor> {
  const ending = extname(path).toLowerCase();
  const read = Object.hasOwn(readers, ending) ? readers[ending] : undefined;
  if (read !== undefined) return read(path, slot, tell);
  throw new LamellaError("config", {
    where: path,
    problem: `The name of the file does not say what input '${slot.name}' can be read from.`,
    expected: `a name that ends in ${Object.keys(readers).join(", ")}`,
    hint: ending === ".npz" ? "Archives are given as --inputs FILE." : undefined,
  });
}

/** As many columns as a sample has numbers: they take its shape. */
async function readTable(path: string, { shape }: Slot): Promise<Tensor> {
  const table = await readCsv(path);
  const [rows, columns] = table.shape as readonly [number, number];
  const sample = shape.slice(1);
  return isStatic(sample) && sizeOf(sample) === columns ? table.reshape([rows, ...sample]) : table;
}

const colorModes = { 1: "grayscale", 3: "rgb", 4: "rgba" } as const;

async function readPicture(path: string, { name, shape }: Slot, tell: (text: string) => void): Promise<Tensor> {
  const [, height, width, channels = 1] = shape;
  if (shape.length < 3 || shape.length > 4 || !Object.hasOwn(colorModes, channels)) {
    throw new LamellaError("shape", {
      where: `input '${name}', ${path}`,
      problem: "The input takes no images.",
      expected: "an input of shape (batch, height, width, channels) with 1, 3 or 4 channels",
      received: `an input of shape (${shape.join(", ")})`,
      hint: "Write the array that the input takes to a .npy file.",
    });
  }
  const colorMode = colorModes[channels as keyof typeof colorModes];
  const image = await readImage(path, { colorMode });
  const [ownHeight, ownWidth] = image.shape as readonly [number, number, number];
  const size = [typeof height === "number" ? height : ownHeight, typeof width === "number" ? width : ownWidth] as const;
  if (size[0] !== ownHeight || size[1] !== ownWidth) {
    tell(`${path}: ${ownWidth} x ${ownHeight} pixels, resized to ${size[1]} x ${size[0]}`);
  }
  const fitted = await readImage(path, { colorMode, targetSize: size, interpolation: "bilinear" });
  return fitted.reshape(shape.length === 3 ? [1, ...size] : [1, ...fitted.shape]);
}
