import { InferenceSession, Tensor } from "onnxruntime-node";

/** Runs an .onnx file on images, without lamella: what any other program would do with it. */
export async function runOnnx(file: string, images: Float32Array, side: number, batch = 500): Promise<Float32Array> {
  const session = await InferenceSession.create(file);
  const [input] = session.inputNames;
  const [output] = session.outputNames;
  const area = side * side;
  const results: number[] = [];
  for (let start = 0; start < images.length; start += batch * area) {
    const part = images.subarray(start, start + batch * area);
    const feeds = { [input!]: new Tensor("float32", part, [part.length / area, side, side, 1]) };
    results.push(...((await session.run(feeds))[output!]!.data as Float32Array));
  }
  await session.release();
  return Float32Array.from(results);
}

/** The largest distance between two values at the same place. */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}
