import { LamellaError } from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { readHeader, writeHeader } from "../src/header.ts";
import { decode, encode } from "../src/index.ts";
import { small } from "./models.ts";

function refusal(bytes: Uint8Array): LamellaError {
  try {
    decode(bytes);
  } catch (error) {
    if (error instanceof LamellaError) return error;
    throw error;
  }
  throw new Error("The bytes were decoded.");
}

/** The small model's file with bytes changed. */
function changed(change: (view: DataView) => void): Uint8Array {
  const bytes = encode(small);
  change(new DataView(bytes.buffer));
  return bytes;
}

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.codePointAt(0) ?? 0);

describe("what is no model is said to be what it looks like", () => {
  test.each([
    ["", "an empty file"],
    ["\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG image"],
    ['{"class_name": "Sequential"}', "JSON"],
    [" [1, 2]", "JSON"],
    ["\x08\x0a\x12\x07lamella\x3a\x05", "an ONNX model"],
    ["\x08\x07\x3a\x90\x01", "an ONNX model"],
    ["\x89HDF\r\n\x1a\n", "an HDF5 file, as Keras writes '.h5' files"],
    ["PK\x03\x04\x14", "a ZIP archive, as Keras writes '.keras' files"],
    ["\x1f\x8b\x08", "a gzip archive"],
    ["<!DOCTYPE html><title>404", "an HTML page"],
    ["version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"],
    ["\x40\0\0\0\0\0\0\0{}", "safetensors"],
    ["\x1c\0\0\0TFL3", "a TensorFlow Lite model"],
    ["\x1c\0\0\0LMLA", "the FlatBuffer of a lamella file without the header before it"],
    ["\x89LML\n\x1a\n", "a lamella file whose line ends were changed"],
    ["Dear reader,\n", "text"],
    ["\x01\x02\xff", "a file that starts with the bytes 01 02 ff"],
  ])("%j", (start, expected) => {
    const error = refusal(latin1(start));
    expect(error.code).toBe("format");
    expect(error.problem).toBe("This is not a lamella model file.");
    expect(error.received).toContain(expected);
  });
});

describe("a newer file asks for a newer lamella", () => {
  test("by its header", () => {
    const error = refusal(changed((view) => view.setUint32(8, 2, true)));
    expect(error.code).toBe("version");
    expect(error.message).toContain("written by lamella file header 2; this version reads up to 1. Upgrade lamella.");
  });

  test("by its format version, before anything else is looked at", () => {
    const bytes = changed((view) => {
      view.setUint16(versionAt(view), 3, true);
    });
    const error = refusal(bytes.fill(0xff, 300, 340));
    expect(error.code).toBe("version");
    expect(error.message).toContain("written by lamella format 3.0; this version reads up to 1.x. Upgrade lamella.");
  });
});

/** Where the major version of a file stands. */
function versionAt(view: DataView): number {
  const root = 32 + view.getUint32(32, true);
  const vtable = root - view.getInt32(root, true);
  return root + view.getUint16(vtable + 4, true);
}

test("the header's fields are checked", () => {
  expect(refusal(changed((view) => view.setUint32(8, 0, true))).message).toContain("Unknown header version.");
  expect(refusal(changed((view) => view.setUint32(12, 1, true))).message).toContain("reserved bytes");
  expect(refusal(changed((view) => view.setBigUint64(16, 2n ** 40n, true))).message).toContain("does not fit the file");
  expect(refusal(changed((view) => view.setBigUint64(16, 7n, true))).message).toContain("does not fit the file");
  const huge = writeHeader({ flatBufferLength: 2 ** 31, totalLength: 2 ** 32 });
  expect(() => readHeader(huge, 2 ** 32)).toThrow("byte 16: The FlatBuffer is too large.");
  expect(refusal(changed((view) => view.setBigUint64(24, 2n ** 63n, true))).message).toContain("truncated");
  expect(refusal(changed((view) => view.setUint8(36, 0x58))).message).toContain(
    'byte 36): The file identifier is "XMLA"',
  );
});
