import { LamellaError, Tensor } from "@lamella/ir";
import { decode as decodePng } from "fast-png";
import jpeg from "jpeg-js";

/** 1 is grey, 3 is red, green and blue, 4 has an alpha too. */
export type Channels = 1 | 3 | 4;

/** Samples of a decoded image: grey, grey and alpha, RGB, or RGBA. */
interface Samples {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: ArrayLike<number>;
  /** The value of white: 255 or 65535. */
  readonly white: number;
}

/**
 * A PNG or JPEG image as a uint8 tensor of shape [height, width, channels]; other channels than the file has are made as
 * TensorFlow's decode_image makes them, but alpha is 255 where a file has none.
 *
 * @param where names the file in errors
 * @throws LamellaError `format` for a broken image, `unsupported` for other kinds
 */
export function decodeImage(bytes: Uint8Array, channels: Channels, where: string): Tensor<"uint8"> {
  const isPng = bytes[0] === 0x89 && bytes[1] === 0x50;
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  if (!isPng && !isJpeg) {
    const isEmpty = bytes.length === 0;
    throw new LamellaError(isEmpty ? "format" : "unsupported", {
      where,
      problem: isEmpty ? "The file is empty." : "This kind of image cannot be read.",
      expected: "a PNG or JPEG file",
      hint: isEmpty ? undefined : "Convert it to PNG.",
    });
  }
  try {
    return isPng ? fromPng(bytes, channels) : fromJpeg(bytes, channels);
  } catch (cause) {
    throw new LamellaError("format", {
      where,
      problem: `The image is broken: ${cause instanceof Error ? cause.message : String(cause)}.`,
      expected: `an intact ${isPng ? "PNG" : "JPEG"} file`,
      cause,
    });
  }
}

function fromPng(bytes: Uint8Array, channels: Channels): Tensor<"uint8"> {
  const image = decodePng(bytes);
  const { width, height, depth, palette, transparency } = image;
  const values = depth < 8 ? unpacked(image.data as Uint8Array, width, height, depth) : image.data;
  if (palette !== undefined) {
    const data = new Uint8Array(width * height * 4);
    for (let i = 0; i < width * height; i++) {
      const [r = 0, g = 0, b = 0, a = 255] = palette[values[i]!] ?? [];
      data.set([r, g, b, a], 4 * i);
    }
    return toChannels({ width, height, channels: 4, data, white: 255 }, channels);
  }
  const white = depth === 16 ? 65535 : 255;
  const scale = depth < 8 ? 255 / (2 ** depth - 1) : 1;
  const data = scale === 1 ? values : Uint8Array.from(values, (value) => value * scale);
  const samples = { width, height, channels: image.channels, data, white };
  if (channels !== 4 || transparency === undefined || transparency.length === 0) return toChannels(samples, channels);
  return toChannels(
    keyed(
      samples,
      Array.from(transparency, (value) => value * scale),
    ),
    channels,
  );
}

/** The samples with an alpha that is 0 where they have the colour of the key. */
function keyed({ width, height, channels, data, white }: Samples, key: readonly number[]): Samples {
  const withAlpha: number[] = [];
  for (let i = 0; i < width * height; i++) {
    const pixel = Array.from({ length: channels }, (_, c) => data[i * channels + c]!);
    withAlpha.push(...pixel, pixel.every((value, c) => value === key[c]) ? 0 : white);
  }
  return { width, height, channels: channels + 1, data: withAlpha, white };
}

/** Samples of less than 8 bits, one in each element; every row begins with a byte of its own. */
function unpacked(packed: Uint8Array, width: number, height: number, depth: number): Uint8Array {
  const values = new Uint8Array(width * height);
  const stride = Math.ceil((width * depth) / 8);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const byte = packed[y * stride + (bit >> 3)]!;
      values[y * width + x] = (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
    }
  }
  return values;
}

function fromJpeg(bytes: Uint8Array, channels: Channels): Tensor<"uint8"> {
  const isGrey = channels === 1;
  const { width, height, data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    ...(isGrey ? { colorTransform: false } : {}),
  });
  if (!isGrey) return toChannels({ width, height, channels: 3, data, white: 255 }, channels);
  const luma = new Uint8Array(width * height);
  for (let i = 0; i < luma.length; i++) luma[i] = data[3 * i]!;
  return new Tensor("uint8", [height, width, 1], luma);
}

/** libpng's weights of red and green, in parts of 32768. */
const red = 9798;
const green = 19235;
const blue = 32768 - red - green;

function toChannels({ width, height, channels: own, data, white }: Samples, channels: Channels): Tensor<"uint8"> {
  const result = new Uint8Array(width * height * channels);
  const shift = white === 255 ? 0 : 8;
  const half = white === 255 ? 0 : 16384;
  for (let i = 0; i < width * height; i++) {
    const r = data[i * own]!;
    const [g, b] = own < 3 ? [r, r] : [data[i * own + 1]!, data[i * own + 2]!];
    if (channels === 1) {
      const isGrey = r === g && r === b;
      result[i] = (isGrey ? r : Math.floor((red * r + green * g + blue * b + half) / 32768)) >> shift;
      continue;
    }
    result[i * channels] = r >> shift;
    result[i * channels + 1] = g >> shift;
    result[i * channels + 2] = b >> shift;
    if (channels === 4) result[i * 4 + 3] = (own % 2 === 0 ? data[i * own + own - 1]! : white) >> shift;
  }
  return new Tensor("uint8", [height, width, channels], result);
}
