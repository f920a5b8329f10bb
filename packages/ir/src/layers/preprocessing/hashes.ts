const word = (value: bigint) => BigInt.asUintN(64, value);
const rotateRight = (value: bigint, by: bigint) => word((value >> by) | (value << (64n - by)));
const rotateLeft = (value: bigint, by: bigint) => rotateRight(value, 64n - by);

/** `count` bytes of a short text from `at`, little-endian. */
function bytes(text: string, at: number, count: number): bigint {
  let value = 0n;
  for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(text.charCodeAt(at + i));
  return value;
}

const k0 = 0xc3a5c85c97cb3127n;
const k1 = 0xb492b66fbe98f273n;
const k2 = 0x9ae16a3b2f90404fn;
const mix = (value: bigint) => value ^ (value >> 47n);

function combine(u: bigint, v: bigint, factor: bigint): bigint {
  const a = mix(word((u ^ v) * factor));
  return word(mix(word((v ^ a) * factor)) * factor);
}

/** FarmHash64 of 1 to 32 ASCII characters, as TensorFlow's to_hash_bucket_fast takes it. */
function farmHash64(text: string): bigint {
  const { length } = text;
  const size = BigInt(length);
  const factor = k2 + 2n * size;
  if (length > 16) {
    const a = bytes(text, 0, 8) * k1;
    const b = bytes(text, 8, 8);
    const c = word(bytes(text, length - 8, 8) * factor);
    const d = bytes(text, length - 16, 8) * k2;
    const sum = rotateRight(word(a + b), 43n) + rotateRight(c, 30n) + d;
    return combine(word(sum), word(a + rotateRight(word(b + k2), 18n) + c), factor);
  }
  if (length >= 8) {
    const a = word(bytes(text, 0, 8) + k2);
    const b = bytes(text, length - 8, 8);
    const c = word(rotateRight(b, 37n) * factor + a);
    return combine(c, word((rotateRight(a, 25n) + b) * factor), factor);
  }
  if (length >= 4) return combine(size + (bytes(text, 0, 4) << 3n), bytes(text, length - 4, 4), factor);
  const y = bytes(text, 0, 1) + (bytes(text, length >> 1, 1) << 8n);
  const z = size + (bytes(text, length - 1, 1) << 2n);
  return word(mix(word(y * k2) ^ word(z * k0)) * k2);
}

/** SipHash-2-4 of an ASCII text under a key, as TensorFlow's to_hash_bucket_strong takes it. */
function sipHash64(text: string, key: readonly [bigint, bigint]): bigint {
  const [low, high] = [word(key[0]), word(key[1])];
  let a = low ^ 0x736f6d6570736575n;
  let b = high ^ 0x646f72616e646f6dn;
  let c = low ^ 0x6c7967656e657261n;
  let d = high ^ 0x7465646279746573n;
  const rounds = (count: number) => {
    for (let i = 0; i < count; i++) {
      a = word(a + b);
      c = word(c + d);
      b = rotateLeft(b, 13n) ^ a;
      d = rotateLeft(d, 16n) ^ c;
      a = rotateLeft(a, 32n);
      c = word(c + b);
      a = word(a + d);
      b = rotateLeft(b, 17n) ^ c;
      d = rotateLeft(d, 21n) ^ a;
      c = rotateLeft(c, 32n);
    }
  };
  const { length } = text;
  for (let at = 0; at <= length; at += 8) {
    const isLast = length - at < 8;
    const end = isLast ? BigInt(length % 256) << 56n : 0n;
    const block = bytes(text, at, isLast ? length - at : 8) | end;
    d ^= block;
    rounds(2);
    a ^= block;
  }
  c ^= 0xffn;
  rounds(4);
  return a ^ b ^ c ^ d;
}

/** The bin of a whole number: the hash of its decimal digits. With a salt it is SipHash64, else FarmHash64. */
export function hashBin(value: bigint, bins: number, salt: readonly [number, number] | null): number {
  const text = String(value);
  const hash = salt === null ? farmHash64(text) : sipHash64(text, [BigInt(salt[0]), BigInt(salt[1])]);
  return Number(hash % BigInt(bins));
}
