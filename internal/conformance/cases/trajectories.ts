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
  { type: "AdamW", config: { learningRate: 0.005, weightDecay: 0.1, excludeFromWeightDecay: ["bias", "beta"] } },
  { type: "Adamax", config: { learningRate: 0.01 } },
  { type: "Nadam", config: { learningRate: 0.005 } },
  { type: "Adagrad", config: { learningRate: 0.05 } },
  { type: "Adadelta", config: { learningRate: 4.5 } },
  { type: "Ftrl", config: { learningRate: 0.1, l2RegularizationStrength: 0.001 } },
  { type: "Adafactor", config: { learningRate: 0.04 } },
  { type: "Lion", config: { learningRate: 0.002 } },
  { type: "Lamb", config: { learningRate: 0.02 } },
  { type: "Muon", config: { learningRate: 0.01 } },
  { type: "ScheduleFreeAdamW", config: { learningRate: 0.01, warmupSteps: 5 } },
  {
    type: "LossScaleOptimizer",
    config: {
      innerOptimizer: { type: "Adam", config: { learningRate: 0.005, globalClipnorm: 1 } },
      initialScale: 1024,
      dynamicGrowthSteps: 6,
    },
  },
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
