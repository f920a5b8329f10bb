import type { DType, Tensor } from "@lamella/ir";

const descriptions: { readonly [D in DType]: string } = {
  bool: "|b1",
  uint8: "|u1",
  int32: "<i4",
  uint32: "<u4",
  int64: "<i8",
  float16: "<f2",
  float32: "<f4",
  float64: "<f8",
};

/** A tensor as the bytes of a .npy file. (numpy: `save`.) */
export function encodeNpy({ dtype, shape, data }: Tensor): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  // numpy leaves room for more rows to be put on.
  const room = shape.length === 0 ? 0 : 21 - String(shape[0]).length;
  const text = `{'descr': '${descriptions[dtype]}', 'fortran_order': False, 'shape': (${sizes}), }${" ".repeat(room)}`;
  const prefix = 10;
  const length = (Math.floor((prefix + text.length + 1) / 64) + 1) * 64;
  const bytes = new Uint8Array(length + data.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, length - prefix, true);
  bytes.set(new TextEncoder().encode(`${text.padEnd(length - prefix - 1)}\n`), prefix);
  bytes.set(littleEndian(data), length);
  return bytes;
}

/** Tensors as the bytes of an .npz file, by their names, not compressed. (numpy: `savez`.) */
export async function encodeNpz(arrays: Readonly<Record<string, Tensor>>): Promise<Uint8Array> {
  const { zipSync } = await import("fflate");
  const files = Object.entries(arrays).map(([name, tensor]) => [`${name}.npy`, encodeNpy(tensor)] as const);
  return zipSync(Object.fromEntries(files), { level: 0 });
}

function littleEndian({ buffer, byteOffset, byteLength, BYTES_PER_ELEMENT: width }: Tensor["data"]): Uint8Array {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1) return bytes;
  const swapped = bytes.slice();
  for (let i = 0; i < swapped.length; i += width) swapped.subarray(i, i + width).reverse();
  return swapped;
}
