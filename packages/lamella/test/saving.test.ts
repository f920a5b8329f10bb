import { Mul } from "@lamella/ir";
import {
  adafactor,
  adam,
  batchNormalization,
  catalogue,
  concatenate,
  cosineDecay,
  defineLayer,
  dense,
  dropout,
  fields,
  input,
  loadModel,
  lossScaleOptimizer,
  model,
  modelFromJson,
  nadam,
  onnxruntime,
  reference,
  rmsprop,
  scheduleFreeAdamw,
  sequential,
  setRandomSeed,
  sgd,
  ops,
  type SymbolicTensor,
  tensor,
} from "lamella";
import { describe, expect, test } from "vitest";

import { expectError, inFolder, line, numbers, smallStack, valuesOf } from "./support.ts";

const { x, y } = line(20);
const quiet = { verbose: 0, batchSize: 8 } as const;

/** Layers that need everything that is saved: nested models, equal paths, statistics, dropout. */
function nested() {
  const inner = (name: string) => {
    const from = input({ shape: [2], name: `${name}_in` });
    return model({ inputs: from, outputs: dense(3, { name: "layer", activation: "tanh" })(from), name });
  };
  const start = input({ shape: [2], name: "start" });
  const both = concatenate()([inner("left")(start), inner("right")(start)]);
  const end = dropout(0.2)(batchNormalization()(both));
  return model({ inputs: start, outputs: dense(1)(end) });
}

describe("2 epochs, save, load, 1 epoch equal 3 epochs", () => {
  const optimizers = {
    sgd: sgd({ momentum: 0.9, nesterov: true }),
    rmsprop: rmsprop({ centered: true }),
    adam: adam(),
    // 3 steps an epoch: the file is written in the middle of what is accumulated, and of a warm-up.
    scheduleFree: scheduleFreeAdamw({ gradientAccumulationSteps: 4, warmupSteps: 3, weightDecay: 0.1 }),
    nadam: nadam({
      gradientAccumulationSteps: 5,
      globalClipnorm: 0.5,
      learningRate: cosineDecay({ initialLearningRate: 0.001, decaySteps: 12, warmupTarget: 0.1, warmupSteps: 5 }),
    }),
    scaled: lossScaleOptimizer(adafactor({ learningRate: 0.1 }), { initialScale: 64, dynamicGrowthSteps: 4 }),
  };
  const backends = { reference, onnxruntime: () => onnxruntime({ intraOpThreads: 1 }) };
  const cases = [
    ["sgd", "reference", smallStack],
    ["rmsprop", "reference", smallStack],
    ["adam", "reference", nested],
    ["adam", "onnxruntime", nested],
    ["scheduleFree", "reference", nested],
    ["scheduleFree", "onnxruntime", nested],
    ["nadam", "onnxruntime", nested],
    ["scaled", "onnxruntime", nested],
  ] as const;

  test.each(cases)("%s on %s", async (optimizer, name, build) => {
    const backend = backends[name];
    const started = () => {
      setRandomSeed(4);
      const net = build();
      const options = { optimizer: optimizers[optimizer], loss: "mse", metrics: ["mae"], seed: 9, backend: backend() };
      net.compile(options);
      return net;
    };
    await using straight = started();
    const { history } = await straight.fit(x, y, { ...quiet, epochs: 3 });

    await using first = started();
    await first.fit(x, y, { ...quiet, epochs: 2 });
    await using second = await loadModel(await first.toBytes(), { backend: backend() });
    const last = await second.fit(x, y, quiet);
    expect(last.history["loss"]).toEqual([history["loss"]![2]]);
    expect(last.history["mae"]).toEqual([history["mae"]![2]]);
    expect(await valuesOf(second.getWeights())).toEqual(await valuesOf(straight.getWeights()));
    // A second file holds the same as one that was written without a detour.
    await using third = await loadModel(await second.toBytes(), { backend: backend() });
    await straight.fit(x, y, quiet);
    await third.fit(x, y, quiet);
    expect(await valuesOf(third.getWeights())).toEqual(await valuesOf(straight.getWeights()));
  });
});

describe("what is saved", () => {
  test("frozen layers stay frozen", async () => {
    const frozen = dense(3, { trainable: false });
    const net = sequential([input({ shape: [2] }), frozen, dense(1)]);
    net.compile({ loss: "mse", backend: reference() });
    const again = await loadModel(await net.toBytes(), { backend: reference() });
    expect(again.trainableWeights).toHaveLength(2);
    const before = await valuesOf(again.getWeights());
    await again.fit(x, y, quiet);
    const after = await valuesOf(again.getWeights());
    expect(after.map((values, i) => String(values) !== String(before[i]))).toEqual([false, false, true, true]);
  });

  test("a model that was not compiled comes back like that", async () => {
    const again = await loadModel(await smallStack().toBytes());
    await expectError(
      () => again.fit(x, y),
      "state",
      "has not been compiled",
      "Call compile({ optimizer, loss }) first.",
    );
  });

  test("losses and metrics in every form, functions as graphs", async () => {
    const start = input({ shape: [2] });
    const net = model({ inputs: start, outputs: [dense(1, { name: "a" })(start), dense(1, { name: "b" })(start)] });
    const distance = (yTrue: SymbolicTensor, yPred: SymbolicTensor) => ops.absolute(ops.subtract(yTrue, yPred));
    const reported = async (options: Parameters<typeof net.compile>[0]) => {
      net.compile({ backend: reference(), ...options });
      const again = await loadModel(await net.toBytes(), { backend: reference() });
      const logs = await again.evaluate(x, [y, y], { verbose: 0 });
      expect(logs).toEqual(await net.evaluate(x, [y, y], { verbose: 0 }));
      return Object.keys(logs);
    };
    const losses = ["loss", "a_loss", "b_loss"];
    expect(await reported({ loss: { a: "mse", b: "mae" }, metrics: { b: ["mse", distance] } })).toEqual([
      ...losses,
      "b_mse",
      "b_distance",
    ]);
    expect(await reported({ loss: ["mse", "mae"], metrics: [distance, "mae"] })).toEqual([
      ...losses,
      "a_distance",
      "b_mae",
    ]);
    expect(await reported({ loss: "mse", weightedMetrics: [["mae", distance], []], lossWeights: [2, 1] })).toEqual([
      ...losses,
      "a_mae",
      "a_distance",
    ]);
    expect(await reported({ loss: "mse", metrics: [] })).toEqual(losses);
    expect(await reported({ loss: ["mse", distance] })).toEqual(losses);
    expect(await reported({ loss: distance })).toEqual(losses);
  });

  test.each([
    ["reference", reference()],
    ["onnxruntime", onnxruntime()],
  ])("a function goes on training as it did, on %s", async (_, backend) => {
    const huge = (yTrue: SymbolicTensor, yPred: SymbolicTensor) => {
      const error = ops.subtract(yPred, yTrue);
      const isHuge = ops.logicalOr(ops.greaterEqual(error, Infinity), ops.lessEqual(error, -Infinity));
      const kept = ops.where(isHuge, ops.zerosLike(error), error);
      return ops.mean(ops.multiply(kept, ops.maximum(kept, -0.5)), { axis: -1 });
    };
    await using net = smallStack();
    net.compile({ loss: huge, metrics: [huge], optimizer: "sgd", backend, seed: 3 });
    await net.fit(x, y, quiet);
    await using again = await loadModel(await net.toBytes(), { backend });
    const twice = await loadModel(await again.toBytes(), { backend });
    const { history } = await net.fit(x, y, { ...quiet, shuffle: false });
    for (const loaded of [again, twice]) {
      expect((await loaded.fit(x, y, { ...quiet, shuffle: false })).history).toEqual(history);
    }
    await twice.dispose();
  });

  test("a function that has seen no targets and does not fit the outputs is left out", async () => {
    const classes = (yTrue: SymbolicTensor, yPred: SymbolicTensor) =>
      ops.sum(ops.multiply(ops.reshape(yTrue, ["batch", 7]), yPred), { axis: 1 });
    const net = smallStack();
    net.compile({ loss: classes, backend: reference() });
    const again = await loadModel(await net.toBytes(), { backend: reference() });
    await expectError(() => again.fit(x, y), "state", "has not been compiled");
  });

  test("a function that was saved for other targets says so", async () => {
    const net = smallStack();
    const own = (yTrue: SymbolicTensor, yPred: SymbolicTensor) =>
      ops.absolute(ops.subtract(yTrue, ops.sum(yPred, { axis: 1, keepdims: true })));
    net.compile({ loss: own, backend: reference() });
    const again = await loadModel(await net.toBytes(), { backend: reference() });
    const wide = tensor([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    await expectError(
      () =>
        again.fit(
          tensor([
            [1, 2],
            [3, 4],
          ]),
          wide,
          quiet,
        ),
      "shape",
      "loss 'own': It was saved for targets and predictions of other types.",
      "Compile again with the function itself.",
    );
  });

  test("saving while the weights are on a device takes the newest", async () => {
    await using net = smallStack();
    net.compile({ loss: "mse", optimizer: "adam" });
    await net.fit(x, y, quiet);
    const again = await loadModel(await net.toBytes());
    expect(await valuesOf(again.getWeights())).toEqual(await valuesOf(net.getWeights()));
    expect((await again.predict(x)).data).toEqual((await net.predict(x)).data);
  });

  test("another backend takes over the weights", async () => {
    await using net = smallStack();
    net.compile({ loss: "mse", optimizer: "adam", backend: reference() });
    await net.fit(x, y, quiet);
    const before = await valuesOf(net.getWeights());
    const expected = (await net.predict(x)).toNumbers();
    net.compile({ loss: "mse", optimizer: "adam", backend: onnxruntime() });
    expect(await valuesOf(net.getWeights())).toEqual(before);
    for (const [i, value] of (await net.predict(x)).toNumbers().entries()) expect(value).toBeCloseTo(expected[i]!, 6);
    await net.fit(x, y, quiet);
    expect(await valuesOf(net.getWeights())).not.toEqual(before);
  });
});

describe("layers of one's own", () => {
  const scale = defineLayer({
    type: "Scale",
    fields: { factor: fields.number({ default: 2 }) },
    lower: ({ config }, [value]) => Mul(value!.tensor, config.factor),
  });

  test("are loaded when they are registered, and named when they are not", async () => {
    const net = sequential([dense(1, { inputShape: [2] }), scale({ factor: 3 })]);
    const bytes = await net.toBytes();
    const again = await loadModel(bytes, { layers: [...catalogue, scale] });
    expect((await again.predict(x)).data).toEqual((await net.predict(x)).data);
    const hint = "Pass their factories when loading: { layers: [...catalogue, yourLayer] }.";
    await expectError(() => loadModel(bytes), "unknown-layer", "layer types that are not registered: Scale.", hint);
    await expectError(() => modelFromJson(net.toJson()), "unknown-layer", "Scale");
    expect(modelFromJson(net.toJson(), { layers: [...catalogue, scale] }).layers[1]!.config).toEqual({ factor: 3 });
  });
});

describe("files", () => {
  test("what is no model is refused, with what it seems to be", async () => {
    await inFolder(async (at) => {
      const { writeFile } = await import("node:fs/promises");
      await writeFile(at("text.lamella"), "Hello, this is not a model.");
      await expectError(() => loadModel(at("text.lamella")), "format", "text.lamella", "Received: text");
      await expectError(() => loadModel(new Uint8Array(0)), "format", "an empty file");
      await expectError(() => loadModel(Uint8Array.of(0x89, 0x50, 0x4e, 0x47)), "format", "a PNG image");
      const bytes = await smallStack().toBytes();
      await expectError(() => loadModel(bytes.subarray(0, bytes.length - 64)), "format");
      await expectError(() => modelFromJson("{"), "format", "The text is not JSON.");
      await expectError(() => modelFromJson("{}"), "format", "not a model architecture", "what toJson() gave");
    });
  });

  test("a missing file, and a missing folder, are named", async () => {
    await inFolder(async (at) => {
      const net = smallStack();
      await expectError(() => loadModel(at("none.lamella")), "unavailable", "none.lamella", "cannot be read", "ENOENT");
      await expectError(() => net.loadWeights(at("none.lamella")), "unavailable", "none.lamella");
      const deep = at("missing/model.lamella");
      await expectError(() => net.save(deep), "unavailable", deep, "cannot be written", "ENOENT");
      await expectError(() => net.saveWeights(deep), "unavailable", deep);
      const { exportOnnx } = await import("lamella");
      await expectError(
        () => exportOnnx(net, at("missing/model.onnx")),
        "unavailable",
        "model.onnx",
        "cannot be written",
      );
    });
  });

  test("weights of another model are refused, and change nothing", async () => {
    await inFolder(async (at) => {
      const small = sequential([dense(1, { name: "a", inputShape: [2] }), dense(1, { name: "b" })]);
      await small.saveWeights(at("small.lamella"));
      const renamed = sequential([dense(1, { name: "a", inputShape: [2] }), dense(1, { name: "c" })]);
      await expectError(
        () => renamed.loadWeights(at("small.lamella")),
        "data",
        "The weights are those of another model.",
        "Expected: weights for c/kernel, c/bias too.",
        "weights that have no place: b/kernel, b/bias",
        "Layers are matched by name",
      );
      const wider = sequential([dense(1, { name: "a", inputShape: [2] }), dense(2, { name: "b" })]);
      const before = await valuesOf(wider.getWeights());
      await expectError(
        () => wider.loadWeights(at("small.lamella")),
        "shape",
        "b/kernel",
        "shape (1, 2)",
        "shape (1, 1)",
      );
      expect(await valuesOf(wider.getWeights())).toEqual(before);
    });
  });

  test("weights of a wrong number or shape are refused, and change nothing", async () => {
    const net = sequential([dense(1, { name: "a", inputShape: [2] }), dense(1, { name: "b" })], { name: "net" });
    const weights = await net.getWeights();
    const before = await valuesOf(net.getWeights());
    await expectError(
      () => net.setWeights(weights.slice(1)),
      "data",
      "net (Sequential): The number of weights does not fit.",
      "Expected: 4: net/a/kernel, net/a/bias, net/b/kernel, net/b/bias. Received: 3.",
    );
    const wrong = [numbers("w", 2, 1), [9], [[1, 2]], [0]];
    await expectError(() => net.setWeights(wrong), "shape", "net/b/kernel", "shape (1, 1)", "shape (1, 2)");
    expect(await valuesOf(net.getWeights())).toEqual(before);
  });
});
