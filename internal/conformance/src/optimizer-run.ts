import {
  constraints,
  type DType,
  filled,
  GraphBuilder,
  type JsonObject,
  type StaticShape,
  tensor,
  type Tensor,
  type Tracer,
} from "@lamella/ir";
import type { Backend } from "@lamella/runtime";
import {
  type Kept,
  type OptimizerPlan,
  type OptimizerType,
  type Parameter,
  planOptimizer,
  resolveOptimizer,
} from "@lamella/train";

export interface OptimizerGolden {
  readonly type: OptimizerType;
  readonly config: JsonObject;
  /** The largest norm of the kernel. */
  readonly constraint: number | null;
  /** Steps with an infinite gradient. */
  readonly spoiled: readonly number[];
  /** Both variables after every step. */
  readonly steps: readonly string[];
  readonly steps64: readonly string[];
  readonly kept: readonly {
    readonly name: string;
    readonly shape: StaticShape;
    readonly dtype: string;
    readonly final: readonly number[];
  }[];
  readonly final64: readonly (readonly number[])[];
}

const shapes = { "dense/kernel": [3, 2], "dense/bias": [3] } as const;

/** As in `optimizers.py`. */
function numbers(shape: StaticShape, start: number): number[] {
  const count = shape.reduce((size, dim) => size * dim, 1);
  return Array.from({ length: count }, (_, i) => {
    const at = start + i;
    return Math.fround(((at * at * 389 + at * 811 + 17) % 2000) / 1000 - 1);
  });
}

/** What is trained in a golden run. */
function parametersOf({ constraint }: OptimizerGolden, dtype: DType): readonly Parameter[] {
  return Object.entries(shapes).map(([path, shape], i) => ({
    path,
    shape,
    dtype,
    constraint: i === 0 && constraint !== null ? constraints.maxNorm({ maxValue: constraint }) : null,
  }));
}

function gradientsOf({ spoiled }: OptimizerGolden, step: number, dtype: DType): readonly Tensor[] {
  return Object.values(shapes).map((shape, i) => {
    const values = numbers(shape, 40 + 13 * step + 30 * i);
    if (i === 1 && spoiled.includes(step)) values[2] = Infinity;
    return tensor(values, shape, dtype);
  });
}

/** The step of a plan as a graph: `parameter0`, `gradient0`, `kept0`, ... to `parameter0:next`, `kept0:next`, ... */
function stepGraph(plan: OptimizerPlan, parameters: readonly Parameter[]) {
  const builder = new GraphBuilder("optimizer");
  const known = new Map<Kept, Tracer>();
  const read = (kept: Kept) => {
    const value = known.get(kept) ?? builder.input(`kept${plan.kept.indexOf(kept)}`, kept.shape, kept.dtype);
    known.set(kept, value);
    return value;
  };
  const slopes = parameters.map(({ shape, dtype }, i) => ({
    value: builder.input(`parameter${i}`, shape, dtype),
    gradient: builder.input(`gradient${i}`, shape, dtype),
  }));
  const { values, kept } = plan.step({ read, slopes });
  const outputs: Record<string, Tracer> = Object.fromEntries(
    values.map((value, i) => [`parameter${i}:next`, value!] as const),
  );
  for (const [own, value] of kept) outputs[`kept${plan.kept.indexOf(own)}:next`] = value;
  return builder.finish(outputs);
}

/** Everything a run leaves: parameters after every step, and what is kept in the end. */
export interface OptimizerRun {
  readonly plan: OptimizerPlan;
  readonly steps: readonly (readonly Tensor[])[];
  readonly kept: ReadonlyMap<Kept, Tensor>;
}

/** Runs as many steps as the golden has. */
export async function runOptimizer(golden: OptimizerGolden, dtype: DType, backend: Backend): Promise<OptimizerRun> {
  const parameters = parametersOf(golden, dtype);
  const plan = planOptimizer(resolveOptimizer({ type: golden.type, config: golden.config }), parameters);
  const graph = stepGraph(plan, parameters);
  const executable = await backend.compile(graph);
  const initial = parameters.map(({ shape }, i) => tensor(numbers(shape, 20 * i), shape, dtype));
  const state: Record<string, Tensor> = {};
  for (const [i, value] of initial.entries()) state[`parameter${i}`] = value;
  for (const [i, kept] of plan.kept.entries()) {
    const { initial: start } = kept;
    state[`kept${i}`] =
      typeof start === "number" ? filled(kept.dtype, kept.shape, start) : initial[parameters.indexOf(start)]!;
  }
  const steps: Tensor[][] = [];
  for (let step = 1; step <= golden.steps.length; step++) {
    const feeds: Record<string, Tensor> = {};
    const gradients = gradientsOf(golden, step, dtype);
    for (const { name } of graph.inputs) {
      feeds[name] = name.startsWith("gradient") ? gradients[Number(name.slice("gradient".length))]! : state[name]!;
    }
    const results = await executable.run(feeds);
    for (const [name, value] of Object.entries(results)) {
      state[name.replace(":next", "")] = await value.read();
      value.dispose();
    }
    steps.push(parameters.map((_, i) => state[`parameter${i}`]!));
  }
  await executable.dispose();
  return { plan, steps, kept: new Map(plan.kept.map((kept, i) => [kept, state[`kept${i}`]!])) };
}
