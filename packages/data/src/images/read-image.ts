import type { Interpolation, Tensor } from "@lamella/ir";

import { bytesOf } from "../files.ts";
import { colorChannels, type ImageFolderOptions } from "./image-folder.ts";
import { type ImageSize, resizeImage } from "./resize-image.ts";

export interface ReadImageOptions extends Pick<ImageFolderOptions, "colorMode"> {
  /** Height and width. Default: those of the image. */
  readonly targetSize?: ImageSize;
  /** Default 'nearest'. */
  readonly interpolation?: Interpolation;
}

/**
 * A PNG or JPEG image from a file, in Node, or from its bytes: float32 of shape [height, width, channels], values from 0 to 255.
 * (Keras: `load_img` and `img_to_array`.)
 *
 * @throws LamellaError `unavailable` for a file that cannot be read, `format` for a broken image, `unsupported` for other kinds
 */
export async function readImage(
  source: string | Uint8Array,
  { colorMode = "rgb", targetSize, interpolation = "nearest" }: ReadImageOptions = {},
): Promise<Tensor<"float32">> {
  const { decodeImage } = await import("./decode-image.ts");
  const where = typeof source === "string" ? source : "the image";
  const image = decodeImage(await bytesOf(source), colorChannels[colorMode], where);
  const size = targetSize ?? (image.shape.slice(0, 2) as unknown as ImageSize);
  return resizeImage(image, size, { interpolation, cropToAspectRatio: false, padToAspectRatio: false });
}
