import { conv2d, dense, flatten, lstm, maxPooling2d, sequential } from "lamella";

/** A model with the batch size it is trained at; the peers build the same. */
export interface BenchModel {
  readonly name: string;
  readonly inputShape: readonly number[];
  readonly batchSize: number;
  readonly build: () => ReturnType<typeof sequential>;
}

/** Random inputs and class numbers for a number of steps. */
export function randomData({ inputShape, batchSize }: BenchModel, steps: number) {
  const samples = batchSize * steps;
  const x = Float32Array.from({ length: inputShape.reduce((a, b) => a * b, samples) }, () => Math.random());
  const y = Int32Array.from({ length: samples }, () => Math.floor(Math.random() * 10));
  return { x, y };
}

const classes = () => dense(10, { activation: "softmax" });

export const models: readonly BenchModel[] = [
  {
    name: "mlp",
    inputShape: [784],
    batchSize: 128,
    build: () =>
      sequential([
        dense(512, { activation: "relu", inputShape: [784] }),
        dense(512, { activation: "relu" }),
        classes(),
      ]),
  },
  {
    name: "cnn",
    inputShape: [28, 28, 1],
    batchSize: 64,
    build: () =>
      sequential([
        conv2d(32, 3, { activation: "relu", inputShape: [28, 28, 1] }),
        conv2d(64, 3, { activation: "relu" }),
        maxPooling2d({ poolSize: 2 }),
        flatten(),
        dense(128, { activation: "relu" }),
        classes(),
      ]),
  },
  {
    name: "lstm",
    inputShape: [50, 32],
    batchSize: 32,
    build: () => sequential([lstm(64, { inputShape: [50, 32] }), classes()]),
  },
];
