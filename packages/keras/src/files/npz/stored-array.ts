import { LamellaError, rowMajor, Tensor } from "@lamella/ir";

import type { ByteSource } from "../byte-source.ts";
import { isStoredNumber, numbersOf, numberType, type NumberType } from "../numbers.ts";
import { damaged } from "./pickle-machine.ts";
import { entryOf, isKind, isMadeBy, type Made, type PickleBytes, type PickleValue } from "./pickle-values.ts";

/** An array of numbers whose elements stay where they are. */
export interface StoredArray {
  readonly shape: readonly number[];
  readonly type: NumberType;
  /** Whether the first axis runs fastest. */
  readonly fortranOrder: boolean;
  readonly bytes: PickleBytes;
}

const isNumpys = (name: string) => (callee: string) =>
  callee === `numpy.core.multiarray.${name}` || callee === `numpy._core.multiarray.${name}`;
const isArray = isNumpys("_reconstruct");
const isScalar = isNumpys("scalar");

/**
 * The array that a value of Keras's store stands for: an array or scalar of NumPy, or a variable of Keras that holds one.
 *
 * @throws LamellaError `dtype` for elements that are no numbers, `format` for anything else
 */
export function storedArray(value: PickleValue): StoredArray {
  const held = isMadeBy(value, (name) => name.endsWith(".Variable")) ? entryOf(value.state, "_value") : value;
  const array = initialValue(held) ?? held;
  if (isMadeBy(array, isScalar)) return arrayOf([], array.args[0], false, array.args[1]);
  const state = isMadeBy(array, isArray) ? array.state : jaxState(array);
  if (!isKind(state, "tuple"))
    throw damaged("A weight is no array.", "an array of NumPy, or a variable of Keras", kindOf(array));
  const [, shape, dtype, fortranOrder, bytes] = state.items;
  return arrayOf(shapeOf(shape), dtype, fortranOrder === true, bytes);
}

/** The value of a ResourceVariable of TensorFlow, which Keras's variables hold there. */
function initialValue(value: PickleValue | undefined): PickleValue | undefined {
  if (!isKind(value, "made") || !isMadeBy(value.by, (name) => name === "functools.partial")) return undefined;
  const { state } = value.by;
  return isKind(state, "tuple") ? entryOf(state.items[2], "initial_value") : undefined;
}

/** The state of the NumPy array that one of JAX is written as. */
function jaxState(value: PickleValue | undefined): PickleValue | undefined {
  return isMadeBy(value, (name) => name === "jax._src.array._reconstruct_array") ? value.args[2] : undefined;
}

/** NumPy allows 64 dimensions. */
const mostDimensions = 64;

function shapeOf(value: PickleValue | undefined): readonly number[] {
  const sizes = isKind(value, "tuple") && value.items.length <= mostDimensions ? value.items : [null];
  if (sizes.every((size) => Number.isSafeInteger(size) && Number(size) >= 0)) return sizes.map(Number);
  throw damaged("The shape of an array is none.", `a tuple of at most ${mostDimensions} sizes`);
}

function arrayOf(
  shape: readonly number[],
  dtype: PickleValue | undefined,
  fortranOrder: boolean,
  bytes: PickleValue | undefined,
): StoredArray {
  const type = typeOf(dtype);
  if (!isKind(bytes, "bytes")) throw damaged("An array has no elements.", "bytes", kindOf(bytes));
  const size = shape.reduce((product, length) => product * length, type.bytes);
  if (bytes.length === size) return { shape, type, fortranOrder, bytes };
  throw damaged(`An array of shape [${shape.join(", ")}] has the wrong size.`, `${size} bytes`, `${bytes.length}`);
}

/** Of `dtype('f4', False, True)` with a state that begins with a version and the order of bytes. */
function typeOf(value: PickleValue | undefined): NumberType {
  if (!isMadeBy(value, (name) => name === "numpy.dtype")) throw damaged("An array has no dtype.");
  const name = dtypeName(value);
  if (isStoredNumber(name)) return numberType(name, !(isKind(value.state, "tuple") && value.state.items[1] === ">"));
  throw new LamellaError("dtype", {
    problem: "The array holds elements that no tensor has.",
    expected: "numbers or booleans",
    received: name,
  });
}

function dtypeName({ args: [kind] }: Made): string {
  if (typeof kind === "string") return kind;
  return isKind(kind, "name") && kind.name === "ml_dtypes.bfloat16" ? "bf2" : kindOf(kind);
}

/** What a value is, for messages. */
export function kindOf(value: PickleValue | undefined): string {
  if (value === undefined || value === null) return "None";
  if (typeof value !== "object") return typeof value === "string" ? "a text" : `${value}`;
  if (value.kind === "name") return value.name;
  if (value.kind !== "made") return `a ${value.kind}`;
  return value.by.kind === "name" ? `what ${value.by.name} gives` : "what a function gives";
}

/** The numbers of an array. */
export function readStored(source: ByteSource, { shape, type, fortranOrder, bytes }: StoredArray): Tensor {
  const count = bytes.length / type.bytes;
  const data = numbersOf(source.copy(bytes.at, bytes.length), type, count);
  return new Tensor(type.dtype, shape, fortranOrder ? rowMajor(data, shape, type.dtype) : data);
}
