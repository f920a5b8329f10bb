/**
 * Random numbers that are the same everywhere: integers below 2^24 only, so that float32 arithmetic is exact.
 * `randomBits(key, counter)` is the host's side of the RandomBits primitive.
 */

/** Twelve round keys below 2048. */
export type RandomKey = readonly number[];

const baseKey: RandomKey = [1608, 1342, 555, 69, 330, 1043, 1235, 1137, 460, 1475, 2028, 913];

/** Rounds of the generator, and the length of a key. */
export const randomRounds = 12;

/** A 22-bit whole number from a key and a counter below 2^33. */
export function randomBits(key: RandomKey, counter: number): number {
  let a = Math.floor(counter / 4194304) % 2048;
  let b = Math.floor(counter / 2048) % 2048;
  let c = counter % 2048;
  for (let round = 0; round < randomRounds; round++) {
    const sum = b + key[round]!;
    const next = (a + Math.floor((sum * sum) / 64)) % 2048;
    a = b;
    b = c;
    c = next;
  }
  return b * 2048 + c;
}

/** A new key that depends on the old one and on a whole number below 2^27. */
export function absorb(key: RandomKey, word: number): RandomKey {
  return Array.from({ length: randomRounds }, (_, i) => randomBits(key, word * randomRounds + i) % 2048);
}

/** The key of a list of words: texts, and whole numbers below 2^32. */
export function randomKey(...words: readonly (string | number)[]): RandomKey {
  let key = baseKey;
  for (const word of words) {
    if (typeof word === "string") {
      for (let i = 0; i < word.length; i++) key = absorb(key, word.charCodeAt(i));
      key = absorb(key, 65536 + word.length);
    } else {
      key = absorb(absorb(key, word % 65536), Math.floor(word / 65536));
    }
  }
  return key;
}

/** `length` values, evenly spread over [-1, 1), exact in float32. */
export function randomUniform(key: RandomKey, length: number): Float32Array {
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = (randomBits(key, i) - 2097152) / 2097152;
  return values;
}

/** The numbers below `count` in an order that the key decides. (Fisher and Yates.) */
export function shuffledIndices(key: RandomKey, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor((randomBits(key, i) / 4194304) * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
