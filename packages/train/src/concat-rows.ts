import { allocate, Tensor } from "@lamella/ir";

/** Tensors one after another along the first axis. */
export function concatRows(parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  if (parts.length === 1) return first!;
  const rows = parts.reduce((sum, { shape }) => sum + shape[0]!, 0);
  const data = allocate(
    first!.dtype,
    parts.reduce((sum, { size }) => sum + size, 0),
  );
  let offset = 0;
  for (const part of parts) {
    data.set(part.data as never, offset);
    offset += part.size;
  }
  return new Tensor(first!.dtype, [rows, ...first!.shape.slice(1)], data);
}
