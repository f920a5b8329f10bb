import {
  LamellaError,
  Model,
  type ModelType,
  randomKey,
  randomUniform,
  sizeOf,
  type StaticShape,
  symbolicInput,
  type SymbolicTensor,
  Tensor,
} from "@lamella/ir";
import { type Backend, reference } from "@lamella/runtime";
import { Trainer } from "@lamella/train";
import { expect, vi } from "vitest";

// Machines that test are busy.
vi.setConfig({ testTimeout: 20_000 });

const netType: ModelType = { type: "Net", restore: ({ inputs, outputs }) => new Net(inputs, outputs) };

/** A model without a front end. */
export class Net extends Model {
  constructor(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]) {
    super(netType, { name: "net" });
    this.connect(inputs, outputs);
  }
}

/** A trainer of what layers make of one input. */
export function trainerOf(
  shape: readonly (number | null)[],
  build: (x: SymbolicTensor) => SymbolicTensor | readonly SymbolicTensor[],
  backend: Backend = reference(),
): Trainer {
  const x = symbolicInput({ shape, name: "x" });
  return new Trainer(new Net([x], [build(x)].flat()), backend);
}

/** Numbers in [-1, 1) that the label decides. */
export function numbers(label: string, ...shape: number[]): Tensor<"float32"> {
  return new Tensor("float32", shape, randomUniform(randomKey(label), sizeOf(shape)));
}

/** sin(start), sin(start + 1.7), ...: what the Python side computes, too. */
export function wave(start: number, shape: StaticShape): Tensor<"float32"> {
  return new Tensor(
    "float32",
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(start + 1.7 * i)),
  );
}

/** The LamellaError that work throws. */
export async function errorOf(work: () => unknown): Promise<LamellaError> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(LamellaError);
    return error as LamellaError;
  }
  throw new Error("Nothing was thrown.");
}

export async function weightsOf(trainer: Trainer): Promise<number[][]> {
  return (await trainer.model.getWeights()).map((weight) => weight.toNumbers());
}
