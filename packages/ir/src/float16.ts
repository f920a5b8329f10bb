const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
/** Which half of a double holds its exponent: the other one on big-endian machines. */
const high = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** The value of an IEEE 754 binary16 bit pattern. */
export function float16ToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The nearest IEEE 754 binary16 bit pattern, ties to even. */
export function numberToFloat16(value: number): number {
  double[0] = value;
  const top = words[high]!;
  const sign = (top >>> 16) & 0x8000;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return sign | 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(((top >>> 20) & 0x7ff) - 1023, -14);
  const scaled = size * 2 ** (10 - exponent);
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const rounded = floor + (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? 1 : 0);
  // A normal number's leading 1 adds 1 to the exponent, and so does a fraction that rounds up to 2.
  return sign | (((exponent + 14) << 10) + rounded);
}
