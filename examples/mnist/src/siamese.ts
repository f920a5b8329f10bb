import { conv2d, dense, flatten, input, maxPooling2d, model, ops, sequential, Tensor } from "lamella";

import type { Part } from "./data.ts";

/** Two images go through the same tower; how far apart their embeddings are tells whether they show the same digit. (Koch 2015.) */
export function siameseNet() {
  const tower = sequential(
    [
      conv2d(12, 5, { strides: 2, activation: "relu", inputShape: [28, 28, 1] }),
      maxPooling2d(),
      flatten(),
      dense(64, { activation: "sigmoid" }),
    ],
    { name: "tower" },
  );
  const [left, right] = [input({ shape: [28, 28, 1], name: "left" }), input({ shape: [28, 28, 1], name: "right" })];
  const apart = ops.absolute(ops.subtract(tower(left), tower(right)));
  const same = dense(1, { activation: "sigmoid", name: "same" })(apart);
  return model({ inputs: [left, right], outputs: same, name: "siamese" });
}

export interface Pairs {
  readonly left: Tensor;
  readonly right: Tensor;
  /** 1 where both show the same digit. */
  readonly same: Float32Array;
}

/** Every digit with another one: the same in half of the pairs. */
export function pairsOf({ images, labels }: Part): Pairs {
  const count = labels.length;
  const partners = Array.from(labels, (label, row) => {
    const same = row % 2 === 0;
    for (let step = 1; step < count; step++) {
      const other = (row + 7 * step) % count;
      if (other !== row && (labels[other] === label) === same) return other;
    }
    return row;
  });
  const size = images.size / count;
  const right = new Float32Array(images.size);
  for (const [row, other] of partners.entries())
    right.set(images.rows(other, other + 1).data as Float32Array, row * size);
  return {
    left: images,
    right: new Tensor("float32", images.shape, right),
    same: Float32Array.from(partners, (other, row) => Number(labels[other] === labels[row])),
  };
}
