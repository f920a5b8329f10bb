/**
 * A rows x columns matrix (row-major) with orthonormal columns, or rows when there are fewer of them: Q of the QR
 * decomposition of a random matrix by Householder reflections, with the signs of R's diagonal folded in.
 */
export function orthogonalMatrix(rows: number, columns: number, next: () => number): Float64Array {
  const tall = Math.max(rows, columns);
  const narrow = Math.min(rows, columns);
  const a = Float64Array.from({ length: tall * narrow }, next);
  const reflectors: Float64Array[] = [];
  const signs: number[] = [];
  for (let k = 0; k < narrow; k++) {
    const v = new Float64Array(tall);
    let norm = 0;
    for (let i = k; i < tall; i++) norm += (v[i] = a[i * narrow + k]!) ** 2;
    norm = Math.sqrt(norm);
    const alpha = v[k]! > 0 ? -norm : norm;
    signs.push(alpha < 0 ? -1 : 1);
    v[k]! -= alpha;
    reflect(a, tall, narrow, v, k);
    reflectors.push(v);
  }
  const q = new Float64Array(tall * narrow);
  for (let k = 0; k < narrow; k++) q[k * narrow + k] = 1;
  for (let k = narrow - 1; k >= 0; k--) reflect(q, tall, narrow, reflectors[k]!, k);
  return Float64Array.from({ length: rows * columns }, (_, index) => {
    const row = Math.floor(index / columns);
    const column = index % columns;
    const [i, j] = rows >= columns ? [row, column] : [column, row];
    return q[i * narrow + j]! * signs[j]!;
  });
}

/** matrix -= 2 v (v' matrix) / (v' v), over the rows from `start` on. */
function reflect(matrix: Float64Array, rows: number, columns: number, v: Float64Array, start: number): void {
  let square = 0;
  for (let i = start; i < rows; i++) square += v[i]! ** 2;
  if (square === 0) return;
  for (let j = 0; j < columns; j++) {
    let dot = 0;
    for (let i = start; i < rows; i++) dot += v[i]! * matrix[i * columns + j]!;
    const factor = (2 * dot) / square;
    for (let i = start; i < rows; i++) matrix[i * columns + j]! -= factor * v[i]!;
  }
}
