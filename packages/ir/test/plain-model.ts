import { catalogue, type LayerOptions, Model, type ModelType, type Registry, type SymbolicTensor } from "@lamella/ir";

type Tensors = SymbolicTensor | readonly SymbolicTensor[];

const list = (tensors: Tensors) => (Array.isArray(tensors) ? tensors : [tensors]) as readonly SymbolicTensor[];

/** A model without a front end. The type of its calls is that of a model with one output. */
export class PlainModel extends Model<string, string, "one"> {
  constructor(inputs: Tensors, outputs: Tensors, options: LayerOptions = {}) {
    super(plainType, options);
    this.connect(list(inputs), list(outputs));
  }
}

const plainType: ModelType = {
  type: "PlainModel",
  restore: ({ inputs, outputs, options }) => new PlainModel(inputs, outputs, options),
};

export function plainModel(inputs: Tensors, outputs: Tensors, options?: LayerOptions): PlainModel {
  return new PlainModel(inputs, outputs, options);
}

export const registry: Registry = { layers: catalogue, models: [plainType] };
