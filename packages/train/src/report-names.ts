import { LamellaError } from "@lamella/ir";

/** The names of the metrics of one output, as they were asked for. */
export interface NamesOfOutput {
  /** What their names start with, such as `classes_`. */
  readonly prefix: string;
  readonly metrics: readonly string[];
  readonly weightedMetrics: readonly string[];
}

/**
 * The names under which metrics are reported, output by output. As in Keras's CompileMetrics a name that was taken gets a
 * number, `auc_1`, and a weighted metric's first `weighted_` in front.
 *
 * @throws LamellaError `name` when a name is taken all the same, by a loss or by a metric that is called so
 */
export function reportNames(
  outputs: readonly NamesOfOutput[],
  lossNames: readonly string[],
): readonly Omit<NamesOfOutput, "prefix">[] {
  const counts = new Map<string, number>();
  const taken = new Set(lossNames);
  const take = (name: string): string => {
    if (!taken.has(name)) {
      taken.add(name);
      return name;
    }
    throw new LamellaError("name", {
      where: "metrics",
      problem: `The name '${name}' is reported twice.`,
      hint: "Give one of the metrics another name: { type, name }.",
    });
  };
  const numbered = (name: string): string => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  };
  const plain = outputs.map(({ prefix, metrics }) => metrics.map((name) => take(numbered(prefix + name))));
  return outputs.map(({ prefix, weightedMetrics }, i) => ({
    metrics: plain[i]!,
    weightedMetrics: weightedMetrics.map((name) =>
      take(numbered(counts.has(prefix + name) ? `${prefix}weighted_${name}` : prefix + name)),
    ),
  }));
}
