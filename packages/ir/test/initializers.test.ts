import {
  blocks,
  computeFans,
  einsumDense,
  multiHeadAttention,
  symbolicInput,
  type DType,
  initialize,
  type Initializer,
  initializerNames,
  resolveInitializer,
  sizeOf,
} from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { expectError } from "./expect-error.ts";

function draw(input: unknown, shape: readonly number[], seed = 1, name = "kernel", dtype: DType = "float64"): number[] {
  return initialize(resolveInitializer(input), shape, dtype, seed, name).toNumbers();
}

function statistics(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance), low: Math.min(...values), high: Math.max(...values) };
}

describe("fans", () => {
  // keras.src.initializers.random_initializers.compute_fans
  test.for<[readonly number[], number, number]>([
    [[], 1, 1],
    [[10], 10, 10],
    [[5, 7], 5, 7],
    [[3, 4, 8], 12, 24],
    [[3, 3, 4, 8], 36, 72],
  ])("of %j", ([shape, fanIn, fanOut]) => {
    expect(computeFans(shape)).toEqual({ fanIn, fanOut });
  });

  test("along the axes that the configuration names", () => {
    expect(computeFans([3, 4, 8], { inputAxes: [2, 0], outputAxes: [1] })).toEqual({ fanIn: 24, fanOut: 4 });
    const named = { type: "GlorotUniform", config: { inputAxes: [0], outputAxes: [1, 2] } };
    const { low, high } = statistics(draw(named, [10, 20, 30]));
    const limit = Math.sqrt(6 / 610);
    expect(high).toBeLessThanOrEqual(limit);
    expect(high).toBeGreaterThan(0.99 * limit);
    expect(low).toBeLessThan(-0.99 * limit);
  });

  test("kernels of einsumDense and multiHeadAttention count theirs by the equation", () => {
    const x = symbolicInput({ shape: [3, 10] });
    const layer = multiHeadAttention(4, 5);
    layer.call([x, x]);
    const config = (name: string) => layer.variable(name).initializer.config;
    expect(config("query/kernel")).toMatchObject({ inputAxes: [0], outputAxes: [1, 2] });
    expect(config("attention_output/kernel")).toMatchObject({ inputAxes: [0, 1], outputAxes: [2] });
    const own = { type: "HeNormal", config: { inputAxes: [1], outputAxes: [0] } } as const;
    const dense = einsumDense("abc,cd->abd", [null, 4], { kernelInitializer: own });
    dense.call(x);
    expect(dense.variable("kernel").initializer.config).toMatchObject(own.config);
  });
});

describe("constant initializers", () => {
  test.for<[unknown, readonly number[]]>([
    ["zeros", [0, 0, 0, 0]],
    ["ones", [1, 1, 1, 1]],
    [{ type: "constant", config: { value: 2.5 } }, [2.5, 2.5, 2.5, 2.5]],
    ["identity", [1, 0, 0, 1]],
    [{ type: "Identity", config: { gain: 3 } }, [3, 0, 0, 3]],
  ])("%j", ([input, values]) => {
    expect(draw(input, [2, 2])).toEqual(values);
  });

  test("identity of a wide and of a tall matrix", () => {
    expect(draw("identity", [2, 3])).toEqual([1, 0, 0, 0, 1, 0]);
    expect(draw("identity", [3, 2])).toEqual([1, 0, 0, 1, 0, 0]);
  });

  test("fill integers too", () => {
    expect(draw("ones", [2], 1, "x", "int32")).toEqual([1, 1]);
  });
});

describe("random initializers", () => {
  // Limits and deviations as Keras computes them for this shape.
  const shape = [3, 3, 24, 32]; // 216 in, 288 out
  const uniform = (scale: number, fan: number) => Math.sqrt((3 * scale) / fan);

  test.for<[string, number]>([
    ["glorotUniform", uniform(1, 252)],
    ["heUniform", uniform(2, 216)],
    ["lecunUniform", uniform(1, 216)],
    ["randomUniform", 0.05],
  ])("%s is uniform between its limits", ([name, limit]) => {
    const values = draw(name, shape);
    const { mean, deviation, low, high } = statistics(values);
    expect(low).toBeGreaterThanOrEqual(-limit);
    expect(high).toBeLessThan(limit);
    expect(low).toBeLessThan(-0.99 * limit);
    expect(high).toBeGreaterThan(0.99 * limit);
    expect(Math.abs(mean)).toBeLessThan((4 * limit) / Math.sqrt(3 * values.length));
    expect(deviation / (limit / Math.sqrt(3))).toBeCloseTo(1, 1);
  });

  test.for<[string, number]>([
    ["glorotNormal", Math.sqrt(1 / 252)],
    ["heNormal", Math.sqrt(2 / 216)],
    ["lecunNormal", Math.sqrt(1 / 216)],
  ])("%s has its deviation after truncation", ([name, expected]) => {
    const { mean, deviation, high } = statistics(draw(name, shape));
    expect(deviation / expected).toBeCloseTo(1, 1);
    expect(Math.abs(mean)).toBeLessThan(0.05 * expected);
    const limit = (2 * expected) / 0.8796256610342398;
    expect(high).toBeLessThanOrEqual(limit);
    expect(high).toBeGreaterThan(0.95 * limit);
  });

  test("randomNormal and truncatedNormal take mean and stddev", () => {
    const config = { mean: 3, stddev: 0.5 };
    const normal = statistics(draw({ type: "randomNormal", config }, [50, 100]));
    expect(normal.mean).toBeCloseTo(3, 1);
    expect(normal.deviation).toBeCloseTo(0.5, 1);
    expect(normal.high).toBeGreaterThan(4.2);
    const truncated = statistics(draw({ type: "truncatedNormal", config }, [50, 100]));
    expect(truncated.mean).toBeCloseTo(3, 1);
    expect(truncated.deviation).toBeCloseTo(0.5 * 0.8796, 1);
    expect(truncated.low).toBeGreaterThan(2);
    expect(truncated.high).toBeLessThan(4);
  });

  test("randomUniform takes its limits", () => {
    const { low, high } = statistics(draw({ type: "randomUniform", config: { minval: 2, maxval: 3 } }, [2000]));
    expect(low).toBeGreaterThanOrEqual(2);
    expect(low).toBeLessThan(2.01);
    expect(high).toBeGreaterThan(2.99);
    expect(high).toBeLessThan(3);
  });

  test("varianceScaling makes the named ones", () => {
    const scaled = (scale: number, mode: string, distribution: string) =>
      draw({ type: "varianceScaling", config: { scale, mode, distribution } }, [6, 4]);
    expect(scaled(1, "fan_avg", "uniform")).toEqual(draw("glorotUniform", [6, 4]));
    expect(scaled(2, "fanIn", "truncated_normal")).toEqual(draw("heNormal", [6, 4]));
    expect(scaled(2, "fanIn", "normal")).toEqual(draw("heNormal", [6, 4]));
    const { deviation, high } = statistics(
      draw({ type: "varianceScaling", config: { mode: "fanOut", distribution: "untruncatedNormal" } }, [50, 100]),
    );
    expect(deviation).toBeCloseTo(0.1, 2);
    expect(high).toBeGreaterThan(0.3);
  });

  test("blocks fill a vector piece by piece", () => {
    const bias = blocks(
      [resolveInitializer("zeros"), 2],
      [resolveInitializer("ones"), 2],
      [resolveInitializer("randomUniform"), 2],
    );
    const values = initialize(bias, [6], "float32", 1, "bias").toNumbers();
    expect(values.slice(0, 4)).toEqual([0, 0, 1, 1]);
    expect(values[4]).not.toBe(values[5]);
  });
});

describe("orthogonal", () => {
  function product(values: readonly number[], [rows, columns]: readonly [number, number]): number[][] {
    const [outer, inner] = rows >= columns ? [columns, rows] : [rows, columns];
    const at = (i: number, k: number) => (rows >= columns ? values[k * columns + i]! : values[i * columns + k]!);
    return Array.from({ length: outer }, (_, i) =>
      Array.from({ length: outer }, (__, j) =>
        Array.from({ length: inner }, (___, k) => at(i, k) * at(j, k)).reduce((sum, value) => sum + value, 0),
      ),
    );
  }

  test.for<[string, readonly number[], readonly [number, number], number]>([
    ["square", [6, 6], [6, 6], 1],
    ["tall", [9, 4], [9, 4], 1],
    ["wide", [4, 9], [4, 9], 1],
    ["of higher rank", [3, 2, 4], [6, 4], 1],
    ["with a gain", [5, 5], [5, 5], 2],
    ["with one column", [5, 1], [5, 1], 1],
  ])("%s: %j", ([, shape, matrix, gain]) => {
    const values = draw({ type: "orthogonal", config: { gain } }, shape);
    expect(values).toHaveLength(sizeOf(shape));
    for (const [i, row] of product(values, matrix).entries()) {
      for (const [j, value] of row.entries()) expect(value).toBeCloseTo(i === j ? gain * gain : 0, 12);
    }
  });

  test("its signs are random: no column prefers one", () => {
    let positive = 0;
    for (let seed = 0; seed < 200; seed++) positive += draw("orthogonal", [3, 3], seed)[0]! > 0 ? 1 : 0;
    expect(positive).toBeGreaterThan(70);
    expect(positive).toBeLessThan(130);
  });

  test("and identity refuse what is no matrix, by the name of the weight", () => {
    expectError(() => draw("orthogonal", [3]), "config", "makes matrices", "rank 2 or more", "rank 1");
    expectError(() => draw("identity", [2, 2, 2]), "config", "makes matrices", "rank 2", "rank 3");
  });
});

describe("seeds", () => {
  test.for(initializerNames.filter((name) => name !== "Blocks" && name !== "STFT"))(
    "%s: the same seed and name give the same bits",
    (name) => {
      expect(draw(name, [4, 4])).toEqual(draw(name, [4, 4]));
    },
  );

  const random = ["glorotUniform", "heNormal", "randomNormal", "truncatedNormal", "orthogonal", "varianceScaling"];

  test.for(random)("%s: another seed or name gives others", (name) => {
    expect(draw(name, [4, 4], 2)).not.toEqual(draw(name, [4, 4], 1));
    expect(draw(name, [4, 4], 1, "bias")).not.toEqual(draw(name, [4, 4], 1));
  });

  test.for(random)("%s: a seed of its own decides alone", (name) => {
    const seeded = { type: name, config: { seed: 7 } };
    expect(draw(seeded, [4, 4], 1)).toEqual(draw(seeded, [4, 4], 2, "bias"));
    expect(draw(seeded, [4, 4])).not.toEqual(draw({ type: name, config: { seed: 8 } }, [4, 4]));
  });

  test("decides in a piece of a vector too", () => {
    const piece = resolveInitializer({ type: "randomNormal", config: { seed: 7 } });
    const first = initialize(blocks([piece, 3]), [3], "float64", 1, "bias").toNumbers();
    expect(initialize(blocks([piece, 3]), [3], "float64", 2, "bias").toNumbers()).toEqual(first);
    expect(first).toEqual(draw(piece, [3]));
  });

  test("the bits are these, here and everywhere", () => {
    expect(draw("glorotUniform", [2, 2], 42, "kernel", "float32")).toMatchInlineSnapshot(`
      [
        -1.1054656505584717,
        0.341503769159317,
        -0.9101841449737549,
        1.2213101387023926,
      ]
    `);
    expect(draw("heNormal", [2, 2], 42, "kernel", "float32")).toMatchInlineSnapshot(`
      [
        -1.7894365787506104,
        -0.23503224551677704,
        -1.7668859958648682,
        -0.03913339599967003,
      ]
    `);
  });
});

describe("resolveInitializer", () => {
  test.for<[string, Initializer["type"]]>([
    ["glorot_uniform", "GlorotUniform"],
    ["glorotUniform", "GlorotUniform"],
    ["GlorotUniform", "GlorotUniform"],
    ["uniform", "RandomUniform"],
    ["normal", "RandomNormal"],
    ["zero", "Zeros"],
    ["one", "Ones"],
    ["eye", "Identity"],
  ])("%s is %s", ([name, type]) => {
    expect(resolveInitializer(name).type).toBe(type);
  });

  test("fills in defaults", () => {
    expect(resolveInitializer({ type: "random_normal", config: { stddev: 2 } })).toEqual({
      type: "RandomNormal",
      config: { mean: 0, stddev: 2, seed: null },
    });
  });

  test("says what is wrong", () => {
    expectError(
      () => resolveInitializer("glorotUnifrom", "dense"),
      "name",
      "dense: Unknown initializer 'glorotUnifrom'. Expected: one of Zeros, Ones,",
      "Did you mean 'GlorotUniform'?",
    );
    expectError(
      () => resolveInitializer({ type: "constant", config: { valu: 1 } }, "dense"),
      "name",
      "dense Constant: Unknown option 'valu'. Expected: one of value. Did you mean 'value'?",
    );
    expectError(
      () => resolveInitializer({ type: "constant", config: { value: "1" } }, "dense"),
      "config",
      "dense Constant, option 'value': The value cannot be used. Expected: a number.",
      `Received: "1".`,
    );
    expectError(() => resolveInitializer(5, "dense"), "config", "dense: This is not an initializer.", "Received: 5.");
    expectError(() => resolveInitializer(null), "config", "This is not an initializer.");
    expectError(
      () => draw({ type: "varianceScaling", config: { mode: "fan" } }, [2, 2]),
      "name",
      "Unknown mode 'fan'.",
      "fanIn, fanOut, fanAvg",
    );
  });
});

// Expected numbers: Keras 3.15.1 with SciPy's windows.
describe("STFT", () => {
  test.for<[Readonly<Record<string, unknown>>, readonly number[]]>([
    [{}, [0, 0, 0, 0, 0.408248, 0.204124, -0.204124, -0.408248, 0.816497, -0.408248, -0.408248, 0.816497]],
    [
      { side: "imag", scaling: "spectrum", periodic: true },
      [0, 0, 0, 0, 0, -0.119682, -0.119682, 0, 0, -0.313331, 0.313331, 0, 0, 0, 0, 0, 0, 0.119682, -0.119682, 0],
    ],
    [{ window: "hamming", scaling: null }, [0.08, 0.08, 0.08, 0.08, 0.54, 0.27, -0.27, -0.54, 1, -0.5, -0.5, 1]],
    [{ window: null }, [1, 1, 1, 1, 1, 0.5, -0.5, -1, 1, -0.5, -0.5, 1, 1, -1, 1, -1, 1, -0.5, -0.5, 1]],
    [{ window: "blackman", periodic: true }, [0, 0, 0, 0, 0.162686, 0.081343, -0.081343, -0.162686, 0.688138]],
    [{ window: [1, 2, 3, 4, 0.5] }, [0.181818, 0.181818, 0.181818, 0.181818, 0.363636, 0.181818, -0.181818]],
    [{ window: "boxcar" }, [0.447214, 0.447214, 0.447214, 0.447214, 0.447214, 0.223607]],
    [{ window: "bartlett" }, [0, 0, 0, 0, 0.408248, 0.204124]],
    [{ window: "triang" }, [0.229416, 0.229416, 0.229416, 0.229416, 0.458831, 0.229416]],
    [{ window: "cosine" }, [0.19544, 0.19544, 0.19544, 0.19544, 0.511667, 0.255834]],
    [{ window: "blackmanharris" }, [0.000057349, 0.000057349, 0.000057349, 0.000057349, 0.207862, 0.103931]],
    [{ window: "nuttall" }, [0.000345439, 0.000345439, 0.000345439, 0.000345439, 0.216121, 0.10806]],
    [{ window: "flattop" }, [-0.000419795, -0.000419795, -0.000419795, -0.000419795, -0.054574, -0.027287]],
    [{ window: "hann", scaling: "spectrum" }, [0, 0, 0, 0, 0.25, 0.125, -0.125, -0.25, 0.5, -0.25, -0.25, 0.5]],
  ])("%j", ([config, expected]) => {
    const kernel = draw({ type: "STFT", config }, [5, 1, 4]);
    expect(kernel.slice(0, expected.length)).toEqual(expected.map((value) => expect.closeTo(value, 5)));
  });

  test("refuses what is no kernel, and unknown windows", () => {
    expectError(() => draw("STFT", [5, 4]), "config", "rank 3", "rank 2");
    expectError(() => draw({ type: "STFT", config: { window: "hane" } }, [5, 1, 4]), "name", "hann");
    expectError(() => draw({ type: "STFT", config: { window: [1, 2] } }, [5, 1, 4]), "config", "5 numbers");
  });
});
