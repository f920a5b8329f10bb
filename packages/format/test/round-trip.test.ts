import { type SavedModel, tensor } from "@lamella/ir";
import { expect, test } from "vitest";

import { decode, encode } from "../src/index.ts";

test("x", () => {
  const model: SavedModel = {
    layers: [{ type: "Dense", name: "d", trainable: true, config: { a: [1, -0, NaN, 2 ** 60, "x", { y: null }] } }],
    root: 0,
    weights: [
      {
        layer: 0,
        name: "kernel",
        tensor: tensor([
          [1, 2],
          [3, 4],
        ]),
      },
    ],
    training: { config: {}, state: new Map([["s", tensor(3)]]) },
  };
  expect(decode(encode(model))).toStrictEqual(model);
});
