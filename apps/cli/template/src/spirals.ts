import { Tensor } from "lamella";

/** Points of two spirals around one another, and which of them each belongs to. Put your own data in the place of these. */
export function spirals(count: number, seed: number): { readonly x: Tensor; readonly y: Uint8Array } {
  const random = randomNumbers(seed);
  const points = new Float32Array(2 * count);
  const y = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    y[i] = i % 2;
    const radius = 0.1 + 0.9 * random();
    const angle = 9 * radius + Math.PI * y[i]! + 0.6 * (random() - 0.5);
    points.set([radius * Math.cos(angle), radius * Math.sin(angle)], 2 * i);
  }
  return { x: new Tensor("float32", [count, 2], points), y };
}

/** The same numbers from 0 to 1 for the same seed: a linear congruential generator. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}
