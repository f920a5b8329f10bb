import { decode, encode, readModelFile, writeModelFile } from "@lamella/format";
import { type SavedModel, tensor } from "@lamella/ir";

const model: SavedModel = {
  layers: [
    { type: "InputLayer", name: "x", trainable: true, config: { batch_shape: [null, 3] } },
    { type: "Dense", name: "dense", trainable: true, config: { units: 1, activation: "relu" } },
    {
      type: "Functional",
      name: "model",
      trainable: true,
      config: {},
      graph: {
        inputs: [{ name: "x", value: 0 }],
        outputs: [{ name: "dense", value: 1 }],
        nodes: [{ layer: 1, inputs: [0], outputs: [1], positional: 1, args: {} }],
        values: [
          { shape: ["batch", 3], dtype: "float32" },
          { shape: ["batch", 1], dtype: "float32" },
        ],
        layers: [0, 1],
      },
    },
  ],
  root: 2,
  weights: [
    { layer: 1, name: "kernel", tensor: tensor([[0.5], [-1], [2]]) },
    { layer: 1, name: "bias", tensor: tensor([0.25]) },
  ],
};

const bytes = encode(model);
const copy = decode(bytes);
console.log(copy.layers[1]?.config); // { units: 1, activation: 'relu' }
console.log(copy.weights[0]?.tensor.toArray()); // [ [ 0.5 ], [ -1 ], [ 2 ] ]
console.log(copy.weights[0]?.tensor.data.buffer === bytes.buffer); // true

await writeModelFile("model.lamella", model);
console.log((await readModelFile("model.lamella")).root); // 2
