// This file runs in the worker thread, too: it imports no other package at run time.

/**
 * Gives back the memory of a typed array that nobody looks at any more, where the engine can (Node 21). A training step makes
 * new arrays for all of its state; left to the garbage collector, they make it go through the whole heap every few steps.
 */
export function freeData({ buffer, byteLength }: ArrayBufferView): void {
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== byteLength) return;
  const { transfer } = buffer as Partial<Pick<ArrayBuffer, "transfer">>;
  transfer?.call(buffer, 0);
}
