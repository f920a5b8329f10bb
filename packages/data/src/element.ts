import {
  concatRows,
  flatTensor,
  formatShape,
  fromNumbers,
  isNumberArray,
  LamellaError,
  type NestedArray,
  type NumberArray,
  tensor,
  Tensor,
} from "@lamella/ir";

/**
 * What one element of a dataset may be: numbers, texts, arrays of numbers, and tuples and records of them. A list that is the
 * element itself is a tuple; within, a list that holds numbers at its end is one array of numbers.
 */
type Part<T> = unknown extends T
  ? unknown
  : T extends Tensor<infer D>
    ? Tensor<D>
    : T extends string
      ? string[]
      : T extends NumberArray | NestedArray
        ? Tensor
        : T extends object
          ? { -readonly [K in keyof T]: Part<T[K]> }
          : never;

/** Elements put together into a batch: the same structure, in which every tensor has one more axis, the first. */
export type Stacked<T> = T extends readonly unknown[] ? { -readonly [K in keyof T]: Part<T[K]> } : Part<T>;

export type PlainRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is PlainRecord {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Whether a list is one array of numbers, and no tuple. */
export function isNested(value: unknown): value is NestedArray {
  let first: unknown = value;
  while (Array.isArray(first) && first.length > 0) first = first[0];
  return typeof first === "number" || typeof first === "boolean" || Array.isArray(first);
}

/** @throws LamellaError `data` when the elements differ in structure, shape or dtype, or are nothing that can be stacked */
export function stack<T>(elements: readonly T[]): Stacked<T> {
  return stackParts(elements, "element", true) as Stacked<T>;
}

function stackParts(parts: readonly unknown[], where: string, isTop: boolean): unknown {
  const [first] = parts;
  if (typeof first === "number") return stackNumbers(parts, where);
  if (first instanceof Tensor || isNumberArray(first)) return stackTensors(parts, where);
  if (typeof first === "string") {
    return same(parts, where, (part): part is string => typeof part === "string", "a text");
  }
  if (Array.isArray(first) && (isTop || !isNested(first))) {
    const isTuple = (part: unknown): part is readonly unknown[] => Array.isArray(part) && part.length === first.length;
    const tuples = same(parts, where, isTuple, `a list of ${first.length}`);
    return first.map((_, i) =>
      stackParts(
        tuples.map((tuple) => tuple[i]),
        `${where}[${i}]`,
        false,
      ),
    );
  }
  if (isNested(first)) return stackTensors(parts, where);
  if (isRecord(first)) return stackRecords(parts, first, where);
  throw new LamellaError("data", {
    where,
    problem: "This cannot be put into a batch.",
    expected: "numbers, texts, tensors, arrays of numbers, or tuples and records of them",
    received: describe(first),
    hint: "Turn it into numbers with map() before batch().",
  });
}

function stackNumbers(parts: readonly unknown[], where: string): Tensor {
  const numbers = same(parts, where, (part): part is number => typeof part === "number", "a number");
  return new Tensor("float32", [numbers.length], fromNumbers("float32", numbers));
}

function stackRecords(parts: readonly unknown[], first: PlainRecord, where: string): PlainRecord {
  const names = Object.keys(first);
  const hasNames = (part: unknown): part is PlainRecord =>
    isRecord(part) && Object.keys(part).length === names.length && names.every((name) => Object.hasOwn(part, name));
  const records = same(parts, where, hasNames, `a record of ${names.join(", ")}`);
  return Object.fromEntries(
    names.map((name) => [
      name,
      stackParts(
        records.map((record) => record[name]),
        `${where}.${name}`,
        false,
      ),
    ]),
  );
}

function stackTensors(parts: readonly unknown[], where: string): Tensor {
  const tensors = parts.map((part) => asTensor(part, where));
  const [{ dtype, shape }] = tensors as [Tensor, ...Tensor[]];
  const expected = `${dtype} ${formatShape(shape)}`;
  for (const other of tensors) {
    const received = `${other.dtype} ${formatShape(other.shape)}`;
    if (received === expected) continue;
    throw new LamellaError("data", {
      where,
      problem: "Elements of a batch differ in shape or dtype.",
      expected: `${expected}, as the first one`,
      received,
      hint: "Make them alike with map(), or pad them with padSequences().",
    });
  }
  return concatRows(tensors.map((part) => part.reshape([1, ...shape])));
}

/** One array of numbers as a tensor of its own shape. @throws LamellaError `data` */
export function asTensor(value: unknown, where: string): Tensor {
  if (value instanceof Tensor) return value;
  if (isNumberArray(value)) return flatTensor(value, [value.length]);
  if (isNested(value)) {
    try {
      return tensor(value);
    } catch (error) {
      throw error instanceof LamellaError ? error.at(where) : error;
    }
  }
  throw new LamellaError("data", {
    where,
    problem: "This is no array of numbers.",
    expected: "a Tensor, a typed array, nested arrays or a number",
    received: describe(value),
  });
}

function same<T>(
  parts: readonly unknown[],
  where: string,
  test: (part: unknown) => part is T,
  expected: string,
): readonly T[] {
  const odd = parts.findIndex((part) => !test(part));
  if (odd < 0) return parts as readonly T[];
  throw new LamellaError("data", {
    where,
    problem: "Elements of a batch differ in structure.",
    expected: `${expected}, as in the first element`,
    received: `${describe(parts[odd])} in element ${odd} of the batch`,
  });
}

/** What a value is, for messages. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (value instanceof Tensor) return `a ${value.dtype} tensor of shape ${formatShape(value.shape)}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isRecord(value)) return `a record of ${Object.keys(value).join(", ")}`;
  return typeof value === "object" ? `a ${value.constructor.name}` : `a ${typeof value}`;
}
