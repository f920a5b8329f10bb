import { Concat, LamellaError, Reshape, type Tracer } from "@lamella/ir";

import type { MetricResult, Totals } from "./metrics/definition.ts";

/** What a step reports under one name: sums that are added over batches, and what they come to. */
export interface ReportEntry {
  readonly name: string;
  /** The sums in the order in which the report holds them, with their numbers of elements. */
  readonly sums: readonly { readonly name: string; readonly size: number }[];
  readonly result: (totals: Totals) => MetricResult;
}

/** The same within a graph. */
export interface Measure {
  readonly name: string;
  readonly sums: Readonly<Record<string, Tracer>>;
  readonly result: (totals: Totals) => MetricResult;
}

/** A mean: `total` by `count`, and 0 of nothing. */
export function meanResult({ total, count }: Totals): number {
  return count![0] === 0 ? 0 : total![0]! / count![0]!;
}

function sizeOfSum({ name }: Measure, sum: string, { shape }: Tracer): number {
  return shape.reduce<number>((size, dim) => {
    if (typeof dim === "number") return size * dim;
    throw new LamellaError("shape", {
      where: name,
      problem: `The size of '${sum}', which is added over batches, depends on the data.`,
      expected: "sizes that are numbers",
      received: dim,
    });
  }, 1);
}

/** All sums as one vector, and what stands where in it. */
export function layOut(measures: readonly Measure[]): { readonly report: Tracer; readonly entries: ReportEntry[] } {
  const parts: Tracer[] = [];
  const entries = measures.map((measure): ReportEntry => {
    const { name, result } = measure;
    const sums = Object.entries(measure.sums).map(([sum, tracer]) => {
      const size = sizeOfSum(measure, sum, tracer);
      parts.push(Reshape(tracer, [size]));
      return { name: sum, size };
    });
    return { name, sums, result };
  });
  return { report: Concat(parts, 0), entries };
}

/** What the reports of several batches come to. */
export class ReportTotals {
  private readonly entries: readonly ReportEntry[];
  private readonly totals: Float64Array;

  /** @param sums what earlier batches added up to */
  constructor(entries: readonly ReportEntry[], sums: readonly number[] = []) {
    this.entries = entries;
    const sizes = entries.flatMap(({ sums: own }) => own.map(({ size }) => size));
    this.totals = new Float64Array(sizes.reduce((sum, size) => sum + size, 0));
    if (sums.length === this.totals.length) this.totals.set(sums);
  }

  /** Adds the report of one batch. */
  add(report: ArrayLike<number>): void {
    for (let i = 0; i < this.totals.length; i++) this.totals[i]! += report[i]!;
  }

  /** The sums themselves, one after the other. */
  get sums(): readonly number[] {
    return [...this.totals];
  }

  /** Numbers by name. A list of n numbers, such as one score a class, is written `name[0]` to `name[n-1]`. */
  get logs(): Record<string, number> {
    const logs: Record<string, number> = {};
    let at = 0;
    for (const { name, sums, result } of this.entries) {
      const totals: Record<string, Float64Array> = {};
      for (const sum of sums) {
        totals[sum.name] = this.totals.subarray(at, at + sum.size);
        at += sum.size;
      }
      const value = result(totals);
      if (typeof value === "number") logs[name] = value;
      else for (const [i, part] of value.entries()) logs[`${name}[${i}]`] = part;
    }
    return logs;
  }
}
