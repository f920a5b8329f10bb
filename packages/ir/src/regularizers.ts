import { LamellaError } from "./errors.ts";
import type { Tracer } from "./graph-builder.ts";
import { resolveName } from "./names.ts";
import {
  Abs,
  Add,
  Div,
  Equal,
  MatMul,
  Max,
  Mul,
  Range,
  ReduceSum,
  Reshape,
  Sqrt,
  Transpose,
  Where,
} from "./operators.ts";

/** l1 * sum|w| + l2 * sum w^2. (Keras: L1, L2, L1L2.) */
export interface NormRegularizer {
  readonly type: "L1" | "L2" | "L1L2";
  readonly config: { readonly l1: number; readonly l2: number };
}

/** The mean of |cos| between different rows, or columns, of a matrix, times a factor. (Keras: OrthogonalRegularizer.) */
export interface OrthogonalRegularizer {
  readonly type: "OrthogonalRegularizer";
  readonly config: { readonly factor: number; readonly mode: "rows" | "columns" };
}

/** A penalty on a weight as plain data. */
export type Regularizer = NormRegularizer | OrthogonalRegularizer;

const types = ["L1", "L2", "L1L2", "OrthogonalRegularizer"] as const;
const modes = ["rows", "columns"] as const;

function penalty(type: NormRegularizer["type"], l1: number, l2: number): NormRegularizer {
  return { type, config: { l1, l2 } };
}

/** Keras's regularizers, with Keras's defaults (0.01). */
export const regularizers = {
  l1: (l1 = 0.01): Regularizer => penalty("L1", l1, 0),
  l2: (l2 = 0.01): Regularizer => penalty("L2", 0, l2),
  l1l2: ({ l1 = 0, l2 = 0 }: { readonly l1?: number; readonly l2?: number } = {}): Regularizer =>
    penalty("L1L2", l1, l2),
  orthogonal: ({ factor = 0.01, mode = "rows" }: Partial<OrthogonalRegularizer["config"]> = {}): Regularizer => ({
    type: "OrthogonalRegularizer",
    config: { factor, mode },
  }),
};

export function resolveRegularizer(input: unknown, where?: string): Regularizer | null {
  if (input === null) return null;
  const spec = typeof input === "string" ? { type: input, config: undefined } : input;
  if (typeof spec === "object" && "type" in spec && typeof spec.type === "string") {
    const config = ("config" in spec ? spec.config : undefined) as Readonly<Record<string, unknown>> | undefined;
    const found = withConfig(resolveName("regularizer", spec.type, types, where), config ?? {}, where);
    if (found !== undefined) return found;
  }
  throw new LamellaError("config", {
    where,
    problem: "This is not a regularizer.",
    expected: "'l1', 'l2', 'l1l2', 'orthogonalRegularizer', regularizers.l2(0.01), or null",
    received: JSON.stringify(input),
  });
}

function withConfig(
  type: Regularizer["type"],
  config: Readonly<Record<string, unknown>>,
  where: string | undefined,
): Regularizer | undefined {
  if (type === "OrthogonalRegularizer") {
    const { factor = 0.01, mode = "rows" } = config;
    if (!isStrength(factor) || typeof mode !== "string") return undefined;
    return { type, config: { factor, mode: resolveName("mode", mode, modes, where) } };
  }
  const defaults = { L1: [0.01, 0], L2: [0, 0.01], L1L2: [0, 0] }[type] as [number, number];
  const { l1 = defaults[0], l2 = defaults[1] } = config;
  return isStrength(l1) && isStrength(l2) ? penalty(type, l1, l2) : undefined;
}

function isStrength(value: unknown): value is number {
  return Number.isFinite(value);
}

/** The penalty on directions that are not at right angles: every pair of rows counts once. */
function orthogonality({ factor, mode }: OrthogonalRegularizer["config"], x: Tracer): Tracer {
  const [rows, columns] = x.shape;
  if (x.rank !== 2 || typeof rows !== "number" || typeof columns !== "number") {
    throw new LamellaError("config", {
      problem: "The orthogonal regularizer is for matrices.",
      expected: "a weight of rank 2",
      received: `rank ${x.rank}`,
    });
  }
  const [vectors, size] = mode === "rows" ? [x, rows] : [Transpose(x, [1, 0]), columns];
  const squares = ReduceSum(Mul(vectors, vectors), { axes: [1], keepdims: true });
  const directions = Div(vectors, Sqrt(Max(squares, 1e-14)));
  const products = Abs(MatMul(directions, Transpose(directions, [1, 0])));
  const places = Range(x.builder, size);
  const others = Where(Equal(Reshape(places, [size, 1]), places), 0, products);
  return Mul(ReduceSum(others), factor / (size * (size - 1)));
}

/** The penalty of one tensor, a scalar. */
export function regularize(regularizer: Regularizer, x: Tracer): Tracer {
  if (regularizer.type === "OrthogonalRegularizer") return orthogonality(regularizer.config, x);
  const { l1, l2 } = regularizer.config;
  const parts: Tracer[] = [];
  if (l1 !== 0) parts.push(Mul(ReduceSum(Abs(x)), l1));
  if (l2 !== 0) parts.push(Mul(ReduceSum(Mul(x, x)), l2));
  const [first, second] = parts;
  if (first === undefined) return x.builder.scalar(0, x.dtype);
  return second === undefined ? first : Add(first, second);
}
