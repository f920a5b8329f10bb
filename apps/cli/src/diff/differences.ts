import { formatShape, type JsonValue, type Tensor, type ValueType } from "@lamella/ir";

import { distanceOf } from "./compare-tensors.ts";
import type { Part, Parts } from "./parts.ts";

/** One thing in which two files differ. */
export interface Difference {
  readonly kind: "port" | "layer" | "name" | "type" | "config" | "inputs" | "weight" | "values";
  /** The layer, weight or port. */
  readonly where: string;
  /** What the first file has; null where it has nothing. */
  readonly a: string | null;
  readonly b: string | null;
  /** For values: the largest absolute difference. */
  readonly largest?: number;
}

export interface DiffOptions {
  /** The largest absolute difference of numbers that count as equal. */
  readonly tolerance: number;
  /** Whether layers are matched by their order alone. */
  readonly ignoreNames: boolean;
}

/** Where two models differ: in their architecture, then in their weights. */
export function differencesOf(a: Parts, b: Parts, options: DiffOptions): Difference[] {
  const { pairs, onlyA, onlyB } = matched(a.parts, b.parts, options.ignoreNames);
  const renamed = new Map([
    ...b.inputs.map((name, i) => [name, a.inputs[i] ?? name] as const),
    ...pairs.map(([left, right]) => [right.path, left.path] as const),
  ]);
  return [
    ...portDifferences(a.ports, b.ports, options.ignoreNames),
    ...onlyA.map(({ path, type }): Difference => ({ kind: "layer", where: path, a: type, b: null })),
    ...onlyB.map(({ path, type }): Difference => ({ kind: "layer", where: path, a: null, b: type })),
    ...pairs.flatMap(([left, right]) => partDifferences(left, right, renamed, options)),
    ...pairs.flatMap(([left, right]) => weightDifferences(left, right, options.tolerance)),
  ];
}

/** Pairs by path, and what is left over by type and order. */
function matched(a: readonly Part[], b: readonly Part[], ignoreNames: boolean) {
  const pairs: (readonly [Part, Part])[] = [];
  const free = new Map(b.map((part) => [part.path, part]));
  const onlyA: Part[] = [];
  for (const left of a) {
    const right = ignoreNames ? undefined : free.get(left.path);
    if (right === undefined) onlyA.push(left);
    else {
      pairs.push([left, right]);
      free.delete(left.path);
    }
  }
  const unpaired = onlyA.filter((left) => {
    const right = [...free.values()].find(({ type }) => type === left.type);
    if (right === undefined) return true;
    pairs.push([left, right]);
    free.delete(right.path);
    return false;
  });
  return { pairs, onlyA: unpaired, onlyB: [...free.values()] };
}

const typeText = (type: ValueType | undefined) =>
  type === undefined ? null : `${type.dtype} ${formatShape(type.shape)}`;

function portDifferences(a: Parts["ports"], b: Parts["ports"], ignoreNames: boolean): Difference[] {
  const keysOf = (ports: Parts["ports"]) =>
    ignoreNames ? [...ports.keys()].map((_, i) => `input or output ${i + 1}`) : [...ports.keys()];
  const named = (ports: Parts["ports"]) => new Map(keysOf(ports).map((key, i) => [key, [...ports.values()][i]!]));
  const [left, right] = [named(a), named(b)];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((where): Difference[] => {
    const [x, y] = [typeText(left.get(where)), typeText(right.get(where))];
    return x === y ? [] : [{ kind: "port", where, a: x, b: y }];
  });
}

function partDifferences(
  left: Part,
  right: Part,
  renamed: ReadonlyMap<string, string>,
  { ignoreNames }: DiffOptions,
): Difference[] {
  const where = left.path;
  const found: Difference[] = [];
  const compare = (kind: Difference["kind"], a: string | null, b: string | null, place = where) => {
    if (a !== b) found.push({ kind, where: place, a, b });
  };
  if (!ignoreNames) compare("name", left.path, right.path);
  compare("type", left.type, right.type);
  const texts = (part: Part) => new Map(Object.entries(part.config).map(([key, value]) => [key, jsonText(value)]));
  const [a, b] = [texts(left), texts(right)];
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    compare("config", a.get(key) ?? null, b.get(key) ?? null, `${where}: ${key}`);
  }
  compare("inputs", left.inputs.join(", "), right.inputs.map((path) => renamed.get(path) ?? path).join(", "));
  return found;
}

/** The same text for the same data, whatever order its keys have. */
function jsonText(value: JsonValue): string {
  return JSON.stringify(value, (_, inner: JsonValue) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

const tensorText = (tensor: Tensor | undefined) =>
  tensor === undefined ? null : `${tensor.dtype} ${formatShape(tensor.shape)}`;

function weightDifferences(left: Part, right: Part, tolerance: number): Difference[] {
  return [...new Set([...left.weights.keys(), ...right.weights.keys()])].flatMap((name): Difference[] => {
    const [a, b] = [left.weights.get(name), right.weights.get(name)];
    const where = `${left.path}/${name}`;
    if (a === undefined || b === undefined || tensorText(a) !== tensorText(b)) {
      return [{ kind: "weight", where, a: tensorText(a), b: tensorText(b) }];
    }
    const { largest, count } = distanceOf(a, b, tolerance);
    if (count === 0) return [];
    const share = `${count} of ${a.size} numbers`;
    return [{ kind: "values", where, a: share, b: `differ by up to ${largest.toPrecision(3)}`, largest }];
  });
}
