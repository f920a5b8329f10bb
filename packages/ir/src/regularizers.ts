import { LamellaError } from "./errors.ts";
import type { Tracer } from "./graph-builder.ts";
import { resolveName } from "./names.ts";
import { Abs, Add, Mul, ReduceSum } from "./operators.ts";

/** A penalty on a weight as plain data: l1 * sum|w| + l2 * sum w^2. (Keras: L1, L2, L1L2.) */
export interface Regularizer {
  readonly type: "L1" | "L2" | "L1L2";
  readonly config: { readonly l1: number; readonly l2: number };
}

const types = ["L1", "L2", "L1L2"] as const;

function penalty(type: Regularizer["type"], l1: number, l2: number): Regularizer {
  return { type, config: { l1, l2 } };
}

/** Keras's regularizers, with Keras's defaults (0.01). */
export const regularizers = {
  l1: (l1 = 0.01): Regularizer => penalty("L1", l1, 0),
  l2: (l2 = 0.01): Regularizer => penalty("L2", 0, l2),
  l1l2: ({ l1 = 0, l2 = 0 }: { readonly l1?: number; readonly l2?: number } = {}): Regularizer =>
    penalty("L1L2", l1, l2),
};

export function resolveRegularizer(input: unknown, where?: string): Regularizer | null {
  if (input === null) return null;
  const spec = typeof input === "string" ? { type: input, config: undefined } : input;
  if (typeof spec === "object" && "type" in spec && typeof spec.type === "string") {
    const type = resolveName("regularizer", spec.type, types, where);
    const config = ("config" in spec ? spec.config : undefined) as Partial<Regularizer["config"]> | undefined;
    const defaults = { L1: [0.01, 0], L2: [0, 0.01], L1L2: [0, 0] }[type] as [number, number];
    const l1 = config?.l1 ?? defaults[0];
    const l2 = config?.l2 ?? defaults[1];
    if (Number.isFinite(l1) && Number.isFinite(l2)) return penalty(type, l1, l2);
  }
  throw new LamellaError("config", {
    where,
    problem: "This is not a regularizer.",
    expected: "'l1', 'l2', 'l1l2', regularizers.l2(0.01), or null",
    received: JSON.stringify(input),
  });
}

/** The penalty of one tensor, a scalar. */
export function regularize({ config: { l1, l2 } }: Regularizer, x: Tracer): Tracer {
  const parts: Tracer[] = [];
  if (l1 !== 0) parts.push(Mul(ReduceSum(Abs(x)), l1));
  if (l2 !== 0) parts.push(Mul(ReduceSum(Mul(x, x)), l2));
  const [first, second] = parts;
  if (first === undefined) return x.builder.scalar(0, x.dtype);
  return second === undefined ? first : Add(first, second);
}
