import type { Handle } from "../device.ts";

type Attribute = Readonly<Record<"name" | "type" | "value", unknown>>;
type Attributes = Readonly<Record<string, unknown>>;
type Inputs = Readonly<Record<string, Handle | undefined>> | readonly Handle[];

/** What is used of tfjs-node's backend and of its native addon. */
interface NodeBackend {
  readonly binding: {
    readonly TF_FLOAT: number;
    readonly TF_INT32: number;
    readonly TF_ATTR_TYPE: number;
    readonly TF_ATTR_BOOL: number;
    readonly TF_ATTR_INT: number;
    createTensor(shape: readonly number[], dtype: number, values: Int32Array): number;
    deleteTensor(id: number): void;
    executeOp(
      name: string,
      attributes: readonly Attribute[],
      inputs: readonly number[],
      outputs: number,
    ): readonly { readonly id: number; readonly shape: readonly number[] }[];
  };
  readonly tensorMap: { set(dataId: object, value: object): void };
  getInputTensorIds(values: readonly Handle[]): readonly number[];
}

/** Kernels for floats of one or two values of the same dtype, and the operations that do it. */
const plain: Readonly<Record<string, string>> = {
  Add: "AddV2",
  Sub: "Sub",
  Multiply: "Mul",
  RealDiv: "RealDiv",
  Maximum: "Maximum",
  Minimum: "Minimum",
  Sigmoid: "Sigmoid",
  Tanh: "Tanh",
  Relu: "Relu",
  Exp: "Exp",
  Log: "Log",
  Sqrt: "Sqrt",
  Neg: "Neg",
};

/**
 * Operations of TensorFlow, called without tfjs's engine and without its tensors: these take as long as small operations
 * themselves. For floats; the values are the backend's, under a data id, as those of kernels are.
 */
export class TensorflowOperations {
  private readonly backend: NodeBackend;
  private float: Attribute | undefined;

  constructor(backend: unknown) {
    this.backend = backend as NodeBackend;
  }

  /** What a kernel gives; undefined for those that are left to the engine. */
  run(kernel: string, inputs: Inputs, attributes: Attributes): readonly Handle[] | undefined {
    const values = Object.values(inputs) as Handle[];
    if (values.some(({ dtype }) => dtype !== "float32")) return undefined;
    const float = (this.float ??= this.type("T", this.backend.binding.TF_FLOAT));
    const { axis } = attributes as { readonly axis: number };
    const name = plain[kernel];
    if (name !== undefined) return this.execute(name, [float], values);
    const { TF_ATTR_BOOL: bool, TF_ATTR_INT: int, TF_INT32: int32 } = this.backend.binding;
    switch (kernel) {
      case "BatchMatMul": {
        const turned = { adj_x: attributes["transposeA"], adj_y: attributes["transposeB"] };
        const flags = Object.entries(turned).map(([flag, value]) => ({ name: flag, type: bool, value }));
        return this.execute("BatchMatMulV2", [float, ...flags], values);
      }
      case "Reshape":
        return this.execute("Reshape", [float, this.type("Tshape", int32)], values, [attributes["shape"] as number[]]);
      case "Slice": {
        const numbers = [attributes["begin"] as number[], attributes["size"] as number[]];
        return this.execute("Slice", [float, this.type("Index", int32)], values, numbers);
      }
      case "Concat": {
        const count = { name: "N", type: int, value: values.length };
        return this.execute("ConcatV2", [float, count, this.type("Tidx", int32)], values, [axis]);
      }
      case "Pack": {
        const options = [
          { name: "N", type: int, value: values.length },
          { name: "axis", type: int, value: axis },
        ];
        return this.execute("Pack", [float, ...options], values);
      }
      case "Unpack": {
        const count = values[0]!.shape[axis]!;
        const options = [
          { name: "num", type: int, value: count },
          { name: "axis", type: int, value: axis },
        ];
        return this.execute("Unpack", [float, ...options], values, [], count);
      }
      case "SplitV": {
        const sizes = attributes["numOrSizeSplits"] as number[];
        const options = [{ name: "num_split", type: int, value: sizes.length }, this.type("Tlen", int32)];
        return this.execute("SplitV", [float, ...options], values, [sizes, axis], sizes.length);
      }
      default:
        return undefined;
    }
  }

  private type(name: string, value: number): Attribute {
    return { name, type: this.backend.binding.TF_ATTR_TYPE, value };
  }

  /** An operation on values, and on numbers after them. */
  private execute(
    name: string,
    attributes: readonly Attribute[],
    values: readonly Handle[],
    numbers: readonly (number | readonly number[])[] = [],
    outputs = 1,
  ): readonly Handle[] {
    const { backend } = this;
    const { binding } = backend;
    const given = numbers.map((list) =>
      typeof list === "number"
        ? binding.createTensor([], binding.TF_INT32, Int32Array.of(list))
        : binding.createTensor([list.length], binding.TF_INT32, Int32Array.from(list)),
    );
    try {
      const results = binding.executeOp(name, attributes, [...backend.getInputTensorIds(values), ...given], outputs);
      return results.map(({ id, shape }) => {
        const dataId = {};
        backend.tensorMap.set(dataId, { shape, dtype: binding.TF_FLOAT, id, values: null, refCount: 1 });
        return { dataId, shape, dtype: "float32" };
      });
    } finally {
      for (const id of given) binding.deleteTensor(id);
    }
  }
}
