import type { TrajectoryCase } from "./case.ts";

const losses = {
  mlp: "categoricalCrossentropy",
  cnn: "sparseCategoricalCrossentropy",
  lstm: "binaryCrossentropy",
} as const;

const optimizers = [
  { type: "SGD", config: { learningRate: 0.05, momentum: 0.9, nesterov: true } },
  { type: "RMSprop", config: { learningRate: 0.002 } },
  { type: "Adam", config: { learningRate: 0.005 } },
] as const;

export const trajectories: readonly TrajectoryCase[] = (["mlp", "cnn", "lstm"] as const).flatMap((model) =>
  optimizers.map((optimizer): TrajectoryCase => ({
    id: `${model}/${optimizer.type.toLowerCase()}`,
    model,
    optimizer,
    loss: losses[model],
    steps: 20,
    batchSize: 16,
  })),
);
