import { input, model } from "@lamella/functional";
import {
  type AnyModel,
  averagePooling2d,
  batchNormalization,
  computeFans,
  conv2d,
  dense,
  embedding,
  flatten,
  lstm,
  maxPooling2d,
  randomBits,
  randomKey,
  type RandomKey,
  randomUniform,
  regularizers,
  relu,
  resetNames,
  sizeOf,
  Tensor,
  type Variable,
} from "@lamella/ir";

import type { TrajectoryCase } from "../cases/case.ts";

/** Inputs and targets of one step. */
export interface Batch {
  readonly x: Tensor;
  readonly y: Tensor;
}

interface TrajectoryModel {
  build(): AnyModel;
  batch(key: RandomKey, size: number): Batch;
}

function wholeNumbers(key: RandomKey, length: number, below: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => Math.floor((randomBits(key, i) * below) / 4194304));
}

const mlp: TrajectoryModel = {
  build() {
    const x = input({ shape: [20] });
    const d1 = dense(32, { activation: "relu", name: "d1" })(x);
    const d2 = dense(16, { activation: "tanh", kernelRegularizer: regularizers.l2(0.01), name: "d2" })(d1);
    return model({ inputs: x, outputs: dense(5, { activation: "softmax", name: "d3" })(d2) });
  },
  /** The class is the position of the largest of the first five numbers. */
  batch(key, size) {
    const x = randomUniform(key, size * 20);
    const y = new Float32Array(size * 5);
    for (let i = 0; i < size; i++) {
      const first = x.subarray(i * 20, i * 20 + 5);
      y[i * 5 + first.indexOf(Math.max(...first))] = 1;
    }
    return { x: new Tensor("float32", [size, 20], x), y: new Tensor("float32", [size, 5], y) };
  },
};

const cnn: TrajectoryModel = {
  build() {
    const x = input({ shape: [12, 12, 2] });
    const c1 = conv2d(8, 3, { padding: "same", useBias: false, name: "c1" })(x);
    const r1 = relu({ name: "r1" })(batchNormalization({ name: "bn1" })(c1));
    const p1 = maxPooling2d({ poolSize: 3, strides: 2, padding: "same", name: "p1" })(r1);
    const c2 = conv2d(12, 3, { strides: 2, activation: "relu", name: "c2" })(p1);
    const f = flatten({ name: "f" })(averagePooling2d({ poolSize: 2, name: "p2" })(c2));
    return model({ inputs: x, outputs: dense(4, { activation: "softmax", name: "d1" })(f) });
  },
  /** Four levels in [0, 1); the left half of channel 0 is constant, so that maxima tie. */
  batch(key, size) {
    const levels = wholeNumbers(key, size * 12 * 12 * 2, 4);
    const classes = new Int32Array(size);
    for (const [i, level] of levels.entries()) {
      const column = Math.floor(i / 2) % 12;
      if (i % 2 === 0 && column < 6) levels[i] = 0;
      if (i % 2 === 1) classes[Math.floor(i / 288)]! += level;
    }
    return {
      x: new Tensor(
        "float32",
        [size, 12, 12, 2],
        Float32Array.from(levels, (level) => level / 4),
      ),
      y: new Tensor(
        "int32",
        [size],
        classes.map((sum) => sum % 4),
      ),
    };
  },
};

const lstmModel: TrajectoryModel = {
  build() {
    const x = input({ shape: [null], dtype: "int32" });
    const e = embedding(30, 8, { maskZero: true, name: "e" })(x);
    return model({ inputs: x, outputs: dense(1, { activation: "sigmoid", name: "d" })(lstm(12, { name: "l" })(e)) });
  },
  /** Seven tokens below 30, padded with 0 from position 3 + (sample % 5); whether most of them are below 15. */
  batch(key, size) {
    const tokens = wholeNumbers(key, size * 7, 30).map((token, i) =>
      i % 7 >= 3 + (Math.floor(i / 7) % 5) ? 0 : token,
    );
    const y = Float32Array.from({ length: size }, (_, i) => {
      const present = tokens.subarray(i * 7, i * 7 + 7).filter((token) => token !== 0);
      return 2 * present.filter((token) => token < 15).length > present.length ? 1 : 0;
    });
    return { x: new Tensor("int32", [size, 7], tokens), y: new Tensor("float32", [size, 1], y) };
  },
};

const models: Readonly<Record<TrajectoryCase["model"], TrajectoryModel>> = { mlp, cnn, lstm: lstmModel };

/** Glorot uniform for kernels, zeros, and ones where Keras has them. */
function initialWeight(id: string, index: number, { path, shape }: Variable): Tensor {
  const values = new Float32Array(sizeOf(shape));
  if (shape.length >= 2) {
    const { fanIn, fanOut } = computeFans(shape);
    const scale = Math.fround(Math.sqrt(6 / (fanIn + fanOut)));
    values.set(randomUniform(randomKey(id, "weight", index), values.length).map((value) => value * scale));
  } else if (/\/(gamma|moving_variance)$/.test(path)) values.fill(1);
  else if (path.endsWith("lstm_cell/bias")) values.fill(1, values.length / 4, values.length / 2);
  return new Tensor("float32", shape, values);
}

/** The model of a trajectory with its first weights, as in `models.py`. */
export function trajectoryModel({ id, model: name }: TrajectoryCase): AnyModel {
  resetNames();
  const built = models[name].build();
  for (const [i, variable] of built.weights.entries()) variable.write(initialWeight(id, i, variable));
  return built;
}

export function trajectoryBatch({ id, model: name, batchSize }: TrajectoryCase, step: number): Batch {
  return models[name].batch(randomKey(id, "x", step), batchSize);
}
