/**
 * What a pickle describes, as plain data: nothing that it names is looked up, and nothing that it calls is run. What stands in
 * several places is one object, and may stand within itself.
 */
export type PickleValue = null | boolean | number | string | PickleBytes | PickleItems | PickleDict | PickleName | Made;

/** Bytes that stay where they are in the source. */
export interface PickleBytes {
  readonly kind: "bytes";
  readonly at: number;
  readonly length: number;
}

export interface PickleItems {
  readonly kind: "tuple" | "list" | "set";
  readonly items: PickleValue[];
}

interface PickleDict {
  readonly kind: "dict";
  /** Absent where there are none. */
  entries?: Map<string, PickleValue>;
}

/** A class or function of Python, by its full name: `numpy.dtype`. */
export interface PickleName {
  readonly kind: "name";
  readonly name: string;
}

/** What Python would get by calling something, with the state that it would give it. */
export interface Made {
  readonly kind: "made";
  readonly by: PickleName | Made;
  readonly args: readonly PickleValue[];
  state?: PickleValue;
}

type Kinds = { [K in Exclude<PickleValue, null | boolean | number | string> as K["kind"]]: K };

/** Whether a value is of a kind that is no plain one. */
export function isKind<K extends keyof Kinds>(value: PickleValue | undefined, kind: K): value is Kinds[K] {
  return typeof value === "object" && value !== null && value.kind === kind;
}

/** Whether a value was made by calling one of certain classes or functions. */
export function isMadeBy(value: PickleValue | undefined, isCallee: (name: string) => boolean): value is Made {
  return isKind(value, "made") && value.by.kind === "name" && isCallee(value.by.name);
}

/** What stands under a text in a dict; undefined where nothing does. */
export function entryOf(value: PickleValue | undefined, key: string): PickleValue | undefined {
  return isKind(value, "dict") ? value.entries?.get(key) : undefined;
}
