import {
  byteSize,
  type DType,
  flatTensor,
  float16ToNumber,
  formatShape,
  fromNumbers,
  isFloating,
  isNumberArray,
  LamellaError,
  locate,
  nearestName,
  type NestedArray,
  type NumberArray,
  type Shape,
  sizeOf,
  type StaticShape,
  tensor,
  Tensor,
} from "@lamella/ir";

/** A tensor of TensorFlow.js, or of a library like it. It is read when it is given, and stays the caller's. */
export interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  dataSync(): Float32Array | Int32Array | Uint8Array;
}

/** Numbers for one input or output: a Tensor, nested arrays, or a typed array that fills the model's shape. */
export type Data = Tensor | NestedArray | NumberArray;

/** Data for all inputs (or outputs): alone when there is one, else a list in their order, or by their names. */
export type DataFor<Names extends string> =
  | Data
  | TensorLike
  | readonly (Data | TensorLike)[]
  | Readonly<Record<Names, Data | TensorLike>>;

/** What a model expects of one input or target. */
export interface Slot {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Whether a value is one array by itself, whatever stands beside it. */
function isBlock(value: unknown): value is Tensor | NumberArray | TensorLike {
  return value instanceof Tensor || isNumberArray(value) || isTensorLike(value);
}

function isTensorLike(value: unknown): value is TensorLike {
  if (typeof value !== "object" || value === null) return false;
  const { shape, dtype, dataSync } = value as { readonly [K in keyof TensorLike]?: unknown };
  return Array.isArray(shape) && typeof dtype === "string" && typeof dataSync === "function";
}

/** @throws LamellaError `data` for a dtype that holds no numbers */
function readTensor(value: TensorLike, where: string): Tensor {
  const { shape, dtype } = value;
  if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") {
    throw problem(where, "The tensor's dtype is none that a model takes.", "float32, int32 or bool", dtype);
  }
  return new Tensor<DType>(dtype, [...shape], fromNumbers(dtype, value.dataSync()));
}

function isData(value: unknown): value is Data | TensorLike {
  return isBlock(value) || Array.isArray(value) || typeof value === "number";
}

function problem(where: string, text: string, expected?: string, received?: string, hint?: string): LamellaError {
  return new LamellaError("data", { where, problem: text, expected, received, hint });
}

/** Sorts data to the slots it is for. @throws LamellaError `data` */
export function assignData(given: unknown, slots: readonly Slot[], what: string): readonly Data[] {
  const names = slots.map(({ name }) => name);
  const expected = `${slots.length === 1 ? "one array" : `${slots.length} arrays`}: ${names.join(", ")}`;
  const isRecord = typeof given === "object" && given !== null && !isData(given) && !ArrayBuffer.isView(given);
  if (isRecord) {
    const record = given as Readonly<Record<string, unknown>>;
    const unknown = Object.keys(record).filter((name) => !names.includes(name));
    const missing = names.filter((name) => !Object.hasOwn(record, name));
    if (unknown.length > 0 || missing.length > 0) {
      const received = Object.keys(record).join(", ") || "none";
      const nearest = unknown.length === 0 ? undefined : nearestName(unknown[0]!, missing);
      const hint = nearest === undefined ? undefined : `Did you mean '${nearest}'?`;
      throw problem(what, "The names do not fit the model's.", names.join(", "), received, hint);
    }
    return names.map((name) => checkedData(record[name], `${what} '${name}'`));
  }
  if (slots.length === 1 && !(Array.isArray(given) && isBlock(given[0]))) return [checkedData(given, what)];
  if (!Array.isArray(given) || given.length !== slots.length) {
    const received = Array.isArray(given) ? `a list of ${given.length}` : isData(given) ? "one array" : typeof given;
    const hint = slots.length === 1 ? "Samples in arrays of their own have to be joined into one Tensor." : undefined;
    throw problem(what, "The number of arrays does not fit the model.", expected, received, hint);
  }
  return given.map((item, i) => checkedData(item, `${what} '${names[i]}'`));
}

function checkedData(value: unknown, where: string): Data {
  if (isData(value)) return isTensorLike(value) ? readTensor(value, where) : value;
  throw problem(
    where,
    "This is not data.",
    "a Tensor, nested arrays or a typed array",
    ArrayBuffer.isView(value) ? value.constructor.name : typeof value,
  );
}

/**
 * The data as a tensor whose axes fit the slot's, of the slot's dtype or of whole numbers that take less memory.
 *
 * @throws LamellaError `data` or `dtype`
 */
export function toTensor(data: Data, slot: Slot, what: string): Tensor {
  const where = `${what} '${slot.name}'`;
  const raw = rawTensor(data, slot, where);
  const [samples] = raw.shape;
  if (samples === undefined || samples === 0) {
    throw problem(where, "There are no samples.", "at least one", `an array of shape ${formatShape(raw.shape)}`);
  }
  const fits =
    raw.shape.length === slot.shape.length &&
    slot.shape.every((dim, axis) => axis === 0 || typeof dim === "string" || dim === raw.shape[axis]);
  if (!fits) {
    const rest = slot.shape.length - raw.shape.length;
    throw problem(
      where,
      "The shape does not fit.",
      formatShape(slot.shape),
      formatShape(raw.shape),
      rest === 1 ? "The first axis counts the samples: wrap a single sample in a list." : undefined,
    );
  }
  const isNarrower = byteSize(raw.dtype) < byteSize(slot.dtype) && !isFloating(raw.dtype);
  return isNarrower && isFloating(slot.dtype) ? raw : convert(raw, slot.dtype, where);
}

/** A flat typed array takes the slot's shape; everything else has one of its own. */
function rawTensor(data: Data, slot: Slot, where: string): Tensor {
  if (data instanceof Tensor) return data;
  if (!ArrayBuffer.isView(data)) return locate(where, () => tensor(data, undefined, "float64"));
  const rest = slot.shape.slice(1);
  if (rest.some((dim) => typeof dim === "string")) {
    throw problem(
      where,
      "A flat array does not tell its shape, and the model leaves sizes open.",
      `a Tensor of shape ${formatShape(slot.shape)}`,
      `${data.length} numbers`,
      "Wrap it: new Tensor('float32', shape, data).",
    );
  }
  const perSample = sizeOf(rest as StaticShape);
  if (data.length % perSample !== 0) {
    throw problem(where, "The numbers do not fill whole samples.", `a multiple of ${perSample}`, String(data.length));
  }
  return flatTensor(data, [data.length / perSample, ...(rest as StaticShape)]);
}

/** Numbers may lose digits on their way to floats; on their way to whole numbers they must stay what they are. */
function convert(raw: Tensor, dtype: DType, where: string): Tensor {
  const converted = raw.cast(dtype);
  if (isFloating(dtype)) return converted;
  const changed = findElement(raw, (value, i) => value !== Number(converted.data[i]));
  if (changed === undefined) return converted;
  throw new LamellaError("dtype", {
    where,
    problem: "The input takes whole numbers.",
    expected: dtype,
    received: `${changed.value} at element ${changed.at}`,
  });
}

/** The first element that a test picks. */
export function findElement(
  { data, dtype, size }: Tensor,
  test: (value: number, at: number) => boolean,
): { readonly value: number; readonly at: number } | undefined {
  for (let at = 0; at < size; at++) {
    const value = dtype === "float16" ? float16ToNumber(Number(data[at])) : Number(data[at]);
    if (test(value, at)) return { value, at };
  }
  return undefined;
}

/** The number of samples that all tensors have. @throws LamellaError `data` when they differ */
export function countSamples(tensors: Readonly<Record<string, Tensor>>): number {
  const counts = Object.entries(tensors).map(([name, { shape }]) => ({ name, samples: shape[0]! }));
  const [first] = counts;
  if (counts.every(({ samples }) => samples === first!.samples)) return first!.samples;
  throw new LamellaError("data", {
    problem: "The inputs have different numbers of samples.",
    expected: "one number for all",
    received: counts.map(({ name, samples }) => `${name}: ${samples}`).join(", "),
  });
}
