interface Guess {
  readonly received: string;
  readonly hint?: string;
}

/** Starts of well-known files, as Latin-1 text; `at` is where they stand. */
const signatures: readonly (readonly [text: string, guess: Guess, at?: number])[] = [
  ["\x89PNG", { received: "a PNG image" }],
  ["\xff\xd8\xff", { received: "a JPEG image" }],
  ["\x89HDF", { received: "an HDF5 file, as Keras writes '.h5' files", hint: "Read it with @lamella/keras." }],
  ["PK\x03\x04", { received: "a ZIP archive, as Keras writes '.keras' files", hint: "Read it with @lamella/keras." }],
  ["PK", { received: "a ZIP archive" }],
  ["\x1f\x8b", { received: "a gzip archive", hint: "Unpack it first." }],
  ["%PDF", { received: "a PDF document" }],
  ["GGUF", { received: "a GGUF model" }],
  ["\x93NUMPY", { received: "a NumPy array" }],
  ["\x80\x02", { received: "a Python pickle, as older PyTorch versions write" }],
  ["TFL3", { received: "a TensorFlow Lite model" }, 4],
  ["LMLA", { received: "the FlatBuffer of a lamella file without the header before it" }, 4],
  ["{", { received: "safetensors" }, 8],
  [
    "version https://git-lfs",
    { received: "a Git LFS pointer, not the file it stands for", hint: "Run 'git lfs pull'." },
  ],
  ["\x89LML\n", { received: "a lamella file whose line ends were changed", hint: "Copy it again, as binary." }],
  ["LML\r\n", { received: "a lamella file that lost its first byte", hint: "Copy it again, as binary." }],
  ["\xef\xbf\xbdLML", { received: "a lamella file that was read as text", hint: "Read it as binary." }],
];

/** What a file that is no lamella file seems to be, for an error message. */
export function looksLike(bytes: Uint8Array, size: number): Guess {
  if (size === 0) return { received: "an empty file" };
  const text = String.fromCharCode(...bytes.subarray(0, 512));
  for (const [start, guess, at] of signatures) if (text.startsWith(start, at ?? 0)) return guess;
  if (/^\s*(<!doctype html|<html)/i.test(text)) {
    return { received: "an HTML page", hint: "Check the address that it came from." };
  }
  if (/^\s*[[{]/.test(text)) return { received: "JSON" };
  if (isOnnx(bytes)) return { received: "an ONNX model", hint: "Read it with @lamella/onnx." };
  if (/^[\t\n\r -~]+$/.test(text)) return { received: "text" };
  const first = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0"));
  return { received: `a file that starts with the bytes ${first.join(" ")}` };
}

/** ModelProto starts with ir_version (field 1, a varint); then comes producer_name, producer_version, graph or opset_import. */
function isOnnx(bytes: Uint8Array): boolean {
  const [tag, version, next] = bytes;
  return tag === 0x08 && version !== undefined && version < 32 && [0x12, 0x1a, 0x3a, 0x42].includes(next ?? 0);
}
