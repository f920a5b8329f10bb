import { type DType, fromNumbers, type StaticShape, Tensor, Tracer, type TypedArray } from "@lamella/ir";

interface WireTensor {
  readonly $tensor: { readonly dtype: DType; readonly shape: StaticShape; readonly bytes: string };
}

interface WireNumber {
  readonly $number: "NaN" | "Infinity" | "-Infinity" | "-0";
}

function toBase64({ buffer, byteOffset, byteLength }: TypedArray): string {
  let text = "";
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) text += String.fromCodePoint(byte);
  return btoa(text);
}

function fromBase64({ dtype, shape, bytes }: WireTensor["$tensor"]): Tensor {
  const text = atob(bytes);
  const raw = Uint8Array.from(text, (letter) => letter.codePointAt(0)!);
  const { constructor } = fromNumbers(dtype, []) as { readonly constructor: unknown };
  return new Tensor(dtype, shape, new (constructor as new (buffer: ArrayBuffer) => TypedArray)(raw.buffer));
}

/** Plain data with tensors in it, as text: graphs, feeds, outputs. */
export function toWire(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof Tensor) {
      const { dtype, shape, data } = part;
      return { $tensor: { dtype, shape, bytes: toBase64(data) } } satisfies WireTensor;
    }
    // Bodies of Scan keep the values that they were traced with.
    if (part instanceof Tracer) return { shape: part.shape, dtype: part.dtype };
    const isPlain = typeof part !== "number" || (Number.isFinite(part) && !Object.is(part, -0));
    return isPlain ? part : { $number: Object.is(part, -0) ? "-0" : String(part) };
  });
}

/** What `toWire` was given. */
export function fromWire(text: string): unknown {
  return JSON.parse(text, (_, part: WireTensor | WireNumber | null) => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    if ("$tensor" in part) return fromBase64(part.$tensor);
    return "$number" in part ? Number(part.$number) : part;
  });
}
