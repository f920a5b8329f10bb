/** As many as TensorBoard makes. */
const count = 30;

/**
 * How many of the values are in each of 30 equal parts of their range: rows of left edge, right edge and count. When all
 * values are equal the last row has them. (TensorBoard: `tf.summary.histogram`.)
 */
export function histogram(values: readonly number[]): Float64Array {
  const rows = new Float64Array(3 * count);
  if (values.length === 0) return rows;
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const range = max - min;
  for (let i = 0; i < count; i++) {
    rows[3 * i] = min + (i * range) / count;
    rows[3 * i + 1] = i === count - 1 ? max : min + ((i + 1) * range) / count;
  }
  for (const value of values) {
    const bucket = range === 0 ? count - 1 : Math.min(count - 1, Math.floor((value - min) / (range / count)));
    rows[3 * bucket + 2]! += 1;
  }
  return rows;
}
