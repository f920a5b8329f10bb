import { GraphBuilder, regularize, regularizers, tensor } from "@lamella/ir";
import { reference } from "@lamella/runtime";
import { gradients } from "@lamella/train";
import { expect, test } from "vitest";

const matrix = tensor(
  Float32Array.from({ length: 12 }, (_, i) => (((i * 31) % 97) - 48) / 50),
  [3, 4],
);

// Expected numbers: Keras 3.15.1.
test("the gradient of the orthogonal regularizer", async () => {
  const builder = new GraphBuilder("penalty");
  const weight = builder.input("weight", [3, 4], "float32");
  const penalty = regularize(regularizers.orthogonal({ factor: 0.3 }), weight);
  const [gradient] = gradients(penalty, [weight]);
  const executable = await reference().compile(builder.finish({ penalty, gradient: gradient! }));
  const results = await executable.run({ weight: matrix });
  expect((await results["penalty"]!.read()).toNumbers()).toEqual([expect.closeTo(0.08453, 6)]);
  const expected = [
    -0.014935, -0.034722, 0.092857, -0.057937, -0.059323, -0.104321, 0.042309, 0.07749, 0.104173, -0.057057, -0.052787,
    -0.02239,
  ];
  expect((await results["gradient"]!.read()).toNumbers()).toEqual(expected.map((value) => expect.closeTo(value, 5)));
});
