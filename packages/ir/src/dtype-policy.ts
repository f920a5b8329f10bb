import { type DType, dtypes, isDType, isFloating } from "./dtype.ts";
import { LamellaError } from "./errors.ts";

/**
 * What a layer computes in and keeps its weights in: one dtype for both, or `mixed_float16`, which computes in float16 with
 * weights in float32. (Keras: DTypePolicy.)
 */
export type DTypePolicy = DType | "mixed_float16";

const mixed = "mixed_float16";

/** What layers of a policy compute in. */
export function computeDTypeOf(policy: DTypePolicy): DType {
  return policy === mixed ? "float16" : policy;
}

/** What layers of a policy keep their weights in. */
export function variableDTypeOf(policy: DTypePolicy): DType {
  return policy === mixed ? "float32" : policy;
}

/** @throws LamellaError `dtype`; of bfloat16, which no backend has, with what to use instead */
export function assertDTypePolicy(value: unknown, where?: string): DTypePolicy {
  if (value === mixed || isDType(value)) return value;
  const isBrain = value === "mixed_bfloat16" || value === "bfloat16";
  throw new LamellaError("dtype", {
    where,
    problem: isBrain ? "There is no bfloat16 here." : "Unknown dtype.",
    expected: `one of ${[mixed, ...dtypes].join(", ")}`,
    received: String(value),
    hint: isBrain ? `Use '${mixed}', or 'float32'.` : undefined,
  });
}

let policyInForce: DTypePolicy = "float32";

/** The policy of layers and models that are not given one. */
export function defaultDTypePolicy(): DTypePolicy {
  return policyInForce;
}

/**
 * Runs `build` and gives what it gives. Layers and models that it makes have this policy, unless they are given one. It ends
 * with the call: nothing made later is touched. (Keras: `set_dtype_policy`, which holds for the rest of the program.)
 *
 * @example
 *     const model = withDTypePolicy("mixed_float16", () => sequential([dense(64), dense(10, { dtype: "float32" })]));
 *
 * @throws LamellaError `dtype` for a policy that is not floating; `config` when `build` is asynchronous
 */
export function withDTypePolicy<T>(policy: DTypePolicy, build: () => T): T {
  const checked = assertDTypePolicy(policy, "withDTypePolicy");
  if (!isFloating(computeDTypeOf(checked))) {
    throw new LamellaError("dtype", {
      where: "withDTypePolicy",
      problem: "Layers compute in floating numbers.",
      expected: "'mixed_float16', 'float16', 'float32' or 'float64'",
      received: checked,
    });
  }
  const outer = policyInForce;
  policyInForce = checked;
  try {
    const built = build();
    if (!(built instanceof Promise)) return built;
    throw new LamellaError("config", {
      where: "withDTypePolicy",
      problem: "The function is asynchronous, and the policy ends before it does.",
      expected: "a function that builds layers and models at once",
      hint: "Load or fetch first, and build within withDTypePolicy.",
    });
  } finally {
    policyInForce = outer;
  }
}
