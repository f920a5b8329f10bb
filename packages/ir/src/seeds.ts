let state = Math.floor(Math.random() * 4294967296);
let draws = 0;

/** Makes everything that draws a seed from now on reproducible. A whole number from 0 to 2^32 - 1. (Keras: `set_random_seed`.) */
export function setRandomSeed(seed: number): void {
  state = seed >>> 0;
  draws = 0;
}

/** A fresh seed for whoever was given none: the same ones in the same order after `setRandomSeed`. */
export function nextSeed(): number {
  draws += 1;
  return (state + Math.imul(draws, 0x9e3779b1)) >>> 0;
}
