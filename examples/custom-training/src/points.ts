import { Tensor } from "lamella";

/** Random numbers that are the same in every run. (Mulberry32.) */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Normal numbers with mean 0 and standard deviation 1. (Box and Muller.) */
export function normalNumbers(seed: number): () => number {
  const random = randomNumbers(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Rows of numbers as a tensor. */
export function rowsOf(count: number, width: number, number: (row: number, column: number) => number): Tensor {
  const data = Float32Array.from({ length: count * width }, (_, i) => number(Math.floor(i / width), i % width));
  return new Tensor("float32", [count, width], data);
}
