import { checkWhole, type Interpolation, interpolations, LamellaError, nextSeed, Tensor } from "@lamella/ir";

import { Dataset } from "../dataset.ts";
import { readBytes } from "../files.ts";
import { fromElements } from "../from-memory.ts";
import type { Channels } from "./decode-image.ts";
import { type Index, indexDirectory, partOf, shuffledIndex } from "./index-directory.ts";
import { type ImageSize, resizeImage, type ResizeOptions } from "./resize-image.ts";

/** How many channels a colour mode has. */
export const colorChannels: Readonly<Record<"grayscale" | "rgb" | "rgba", Channels>> = {
  grayscale: 1,
  rgb: 3,
  rgba: 4,
};
const labelModes = ["int", "categorical", "binary", null] as const;
const subsets = ["training", "validation", "both", undefined] as const;

export interface ImageFolderOptions {
  /** 'inferred' from the sub-folders, one number an image in the order of their paths, or null for none. Default 'inferred'. */
  readonly labels?: "inferred" | readonly number[] | null;
  /** 'int': int32 [batch]; 'categorical': float32 [batch, classes]; 'binary': float32 [batch, 1]; null: no labels. Default 'int'. */
  readonly labelMode?: (typeof labelModes)[number];
  /** The sub-folders to read, in this order. Default: all, by name. */
  readonly classNames?: readonly string[];
  /** Default 'rgb'. */
  readonly colorMode?: keyof typeof colorChannels;
  /** Default 32; null for single images. */
  readonly batchSize?: number | null;
  /** Height and width. Default [256, 256]. */
  readonly imageSize?: ImageSize | number;
  /** Default true. */
  readonly shuffle?: boolean;
  /** Decides the order and the split. Default: drawn, see `setRandomSeed`. */
  readonly seed?: number;
  /** The share of the images that is for validation. */
  readonly validationSplit?: number;
  /** Which part of the images to give; 'both' gives two datasets. */
  readonly subset?: (typeof subsets)[number];
  /** Default 'bilinear'. */
  readonly interpolation?: Interpolation;
  /** Default false. */
  readonly followLinks?: boolean;
  /** Default false. */
  readonly cropToAspectRatio?: boolean;
  /** Default false. */
  readonly padToAspectRatio?: boolean;
}

/** Images of a folder, float32 of shape [batch, height, width, channels] with values from 0 to 255, and their labels. */
export class ImageFolder<T> extends Dataset<T> {
  readonly classNames: readonly string[];
  readonly filePaths: readonly string[];

  constructor(pictures: Dataset<T>, { classNames, paths }: Index) {
    super((pass) => pictures.open(pass), pictures);
    this.classNames = classNames;
    this.filePaths = paths;
  }
}

type Unlabelled = { readonly labelMode: null } | { readonly labels: null };
type Labelled = ImageFolder<[images: Tensor, labels: Tensor]>;

/**
 * The PNG and JPEG images of a folder that has a sub-folder for every class, read and decoded when they are asked for. The
 * arguments are those of Keras's image_dataset_from_directory; the order is of lamella's own generator.
 *
 * @throws LamellaError `config` for options that do not fit together, `unavailable` for folders that cannot be read, `data` for
 *   empty ones; when they are read, `format` and `unsupported` for images that cannot be decoded, by the names of their files
 */
export async function imageFolder(
  directory: string,
  options: ImageFolderOptions & { readonly subset: "both" } & Unlabelled,
): Promise<[training: ImageFolder<Tensor>, validation: ImageFolder<Tensor>]>;
export async function imageFolder(
  directory: string,
  options: ImageFolderOptions & { readonly subset: "both" },
): Promise<[training: Labelled, validation: Labelled]>;
export async function imageFolder(
  directory: string,
  options: ImageFolderOptions & Unlabelled,
): Promise<ImageFolder<Tensor>>;
export async function imageFolder(directory: string, options?: ImageFolderOptions): Promise<Labelled>;
export async function imageFolder(directory: string, options: ImageFolderOptions = {}): Promise<unknown> {
  const { labels = "inferred", classNames, shuffle = true, subset, validationSplit, followLinks = false } = options;
  checkOptions(options);
  const seed = options.seed ?? nextSeed();
  const given = labels === null || options.labelMode === null ? null : labels;
  const index = await indexDirectory(directory, { labels: given, classNames, followLinks });
  const all = shuffle ? shuffledIndex(index, seed) : index;
  const dataset = (part: Index, shuffles: boolean) => {
    if (part.paths.length === 0) throw noImages(directory, subset);
    return images(part, options, shuffles ? seed : undefined);
  };
  if (subset === undefined || validationSplit === undefined) return dataset(all, shuffle);
  const part = (name: "training" | "validation") => partOf(all, validationSplit, name);
  if (subset !== "both") return dataset(part(subset), shuffle);
  return [dataset(part("training"), shuffle), dataset(part("validation"), false)];
}

function noImages(directory: string, subset: string | undefined): LamellaError {
  return new LamellaError("data", {
    where: directory,
    problem: subset === undefined || subset === "both" ? "There are no images." : `There are no ${subset} images.`,
    expected: "files that end in .png, .jpg or .jpeg",
  });
}

function images(index: Index, options: ImageFolderOptions, seed: number | undefined): ImageFolder<unknown> {
  const { colorMode = "rgb", imageSize = [256, 256], batchSize = 32, labelMode = "int" } = options;
  const { interpolation = "bilinear", cropToAspectRatio = false, padToAspectRatio = false } = options;
  const resize: ResizeOptions = { interpolation, cropToAspectRatio, padToAspectRatio };
  const size: ImageSize = typeof imageSize === "number" ? [imageSize, imageSize] : imageSize;
  if (labelMode === "binary" && index.labels !== undefined && index.classNames.length !== 2) {
    throw new LamellaError("config", {
      where: "labelMode",
      problem: "Binary labels are for two classes.",
      expected: "two classes",
      received: index.classNames.join(", "),
    });
  }
  const load = async (at: number) => {
    const { decodeImage } = await import("./decode-image.ts");
    const path = index.paths[at]!;
    const image = resizeImage(decodeImage(await readBytes(path), colorChannels[colorMode], path), size, resize);
    const label = index.labels?.[at];
    return label === undefined ? image : [image, labelTensor(label, labelMode, index.classNames.length)];
  };
  const numbers = fromElements(index.paths.map((_, at) => at));
  const buffer = batchSize === null ? 1024 : batchSize * 8;
  const order = seed === undefined ? numbers : numbers.shuffle(buffer, { seed });
  const single = order.map(load, { numParallelCalls: 4 });
  const ready = batchSize === null ? single : single.batch(batchSize);
  return new ImageFolder<unknown>(ready.prefetch(2), index);
}

function labelTensor(label: number, mode: ImageFolderOptions["labelMode"], classes: number): Tensor {
  if (mode === "int") return new Tensor("int32", [], Int32Array.of(label));
  if (mode === "binary") return new Tensor("float32", [1], Float32Array.of(label));
  const data = new Float32Array(classes);
  data[label] = 1;
  return new Tensor("float32", [classes], data);
}

function checkOptions(options: ImageFolderOptions): void {
  const { labels = "inferred", labelMode = "int", classNames, colorMode = "rgb", imageSize = [256, 256] } = options;
  const { batchSize = 32, interpolation = "bilinear", subset, validationSplit, shuffle = true, seed } = options;
  oneOf("labelMode", labelMode, labelModes);
  oneOf("colorMode", colorMode, Object.keys(colorChannels));
  oneOf("interpolation", interpolation, interpolations);
  oneOf("subset", subset, subsets);
  if (batchSize !== null) checkWhole("batchSize", batchSize, 1);
  for (const side of typeof imageSize === "number" ? [imageSize] : imageSize) checkWhole("imageSize", side, 1);
  if (labels !== "inferred" && classNames !== undefined) {
    throw problem("classNames", "Names of classes are for inferred labels.", "labels: 'inferred', or no classNames");
  }
  if (options.cropToAspectRatio === true && options.padToAspectRatio === true) {
    throw problem("padToAspectRatio", "Only one of cropToAspectRatio and padToAspectRatio can be true.");
  }
  if ((subset === undefined) !== (validationSplit === undefined)) {
    throw problem("validationSplit", "validationSplit and subset belong together.", "both or none");
  }
  if (validationSplit === undefined) return;
  if (!(validationSplit > 0 && validationSplit < 1)) {
    throw problem("validationSplit", "The value cannot be used.", "a number between 0 and 1", String(validationSplit));
  }
  if (shuffle && seed === undefined && subset !== "both") {
    throw problem("seed", "Without a seed the two parts may overlap: each call draws an order of its own.", "a seed");
  }
}

function oneOf(where: string, value: unknown, known: readonly unknown[]): void {
  if (!known.includes(value))
    throw problem(where, "The value cannot be used.", known.map(String).join(", "), String(value));
}

function problem(where: string, text: string, expected?: string, received?: string): LamellaError {
  return new LamellaError("config", { where, problem: text, expected, received });
}
