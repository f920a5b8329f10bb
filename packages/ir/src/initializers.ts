import { type StaticShape, sizeOf } from "./dim.ts";
import type { DType } from "./dtype.ts";
import { LamellaError } from "./errors.ts";
import { orthogonalMatrix } from "./linear-algebra.ts";
import { resolveName } from "./names.ts";
import { absorb, randomBits, type RandomKey, randomKey } from "./random-bits.ts";
import type { JsonObject, JsonValue } from "./saved-model.ts";
import { filled, fromNumbers, Tensor } from "./tensor.ts";
import { resolveWindow } from "./windows.ts";

/** How a weight starts, as plain data. A `seed` of null draws a new one for every weight. */
export interface Initializer {
  readonly type: InitializerType;
  readonly config: JsonObject;
}

type Distribution = "uniform" | "normal" | "truncatedNormal";
type Numbers = (shape: StaticShape, config: JsonObject, key: RandomKey) => ArrayLike<number>;

/** A stream of uniform numbers in (0, 1) with 44 random bits each. */
class Stream {
  private counter = 0;
  private readonly key: RandomKey;
  constructor(key: RandomKey) {
    this.key = key;
  }
  next(): number {
    const high = randomBits(this.key, this.counter++);
    const low = randomBits(this.key, this.counter++);
    return (high * 4194304 + low + 0.5) / 17592186044416;
  }
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }
  /** A normal number drawn again while it is beyond two standard deviations. */
  truncatedNormal(): number {
    for (;;) {
      const value = this.normal();
      if (Math.abs(value) < 2) return value;
    }
  }
}

function draw(shape: StaticShape, key: RandomKey, next: (stream: Stream) => number): Float64Array {
  const stream = new Stream(key);
  return Float64Array.from({ length: sizeOf(shape) }, () => next(stream));
}

/**
 * Inputs and outputs of a weight as Keras counts them: those of the axes that the configuration names, else (receptive
 * field) x (second to last, last).
 */
export function computeFans(
  shape: StaticShape,
  { inputAxes, outputAxes }: JsonObject = {},
): { readonly fanIn: number; readonly fanOut: number } {
  if (Array.isArray(inputAxes) && Array.isArray(outputAxes)) {
    const over = (axes: readonly JsonValue[]) => sizeOf(axes.map((axis) => shape.at(Number(axis))!));
    return { fanIn: over(inputAxes), fanOut: over(outputAxes) };
  }
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 };
  const field = sizeOf(shape.slice(0, -2));
  return { fanIn: shape.at(-2)! * field, fanOut: shape.at(-1)! * field };
}

const truncatedStandardDeviation = 0.87962566103423978;

function varianceScaling(scale: number, mode: string, distribution: Distribution): Numbers {
  return (shape, config, key) => {
    const { fanIn, fanOut } = computeFans(shape, config);
    const fan = { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }[mode] ?? fanIn;
    const variance = scale / Math.max(1, fan);
    if (distribution === "uniform") {
      const limit = Math.sqrt(3 * variance);
      return draw(shape, key, (stream) => (2 * stream.next() - 1) * limit);
    }
    const deviation = Math.sqrt(variance);
    return distribution === "normal"
      ? draw(shape, key, (stream) => stream.normal() * deviation)
      : draw(shape, key, (stream) => (stream.truncatedNormal() * deviation) / truncatedStandardDeviation);
  };
}

const text = (config: JsonObject, name: string) => {
  const value = config[name];
  return typeof value === "string" ? value : JSON.stringify(value);
};
const number = (config: JsonObject, name: string) => Number(config[name]);

function orthogonal(shape: StaticShape, config: JsonObject, key: RandomKey): ArrayLike<number> {
  if (shape.length < 2) {
    throw new LamellaError("config", {
      problem: "The orthogonal initializer makes matrices.",
      expected: "a weight of rank 2 or more",
      received: `rank ${shape.length}`,
    });
  }
  const columns = shape.at(-1)!;
  const rows = sizeOf(shape) / columns;
  const stream = new Stream(key);
  const gain = number(config, "gain");
  return orthogonalMatrix(rows, columns, () => stream.normal()).map((value) => value * gain);
}

function identity(shape: StaticShape, config: JsonObject): ArrayLike<number> {
  if (shape.length !== 2) {
    throw new LamellaError("config", {
      problem: "The identity initializer makes matrices.",
      expected: "a weight of rank 2",
      received: `rank ${shape.length}`,
    });
  }
  const [rows, columns] = shape as [number, number];
  const gain = number(config, "gain");
  return Float64Array.from({ length: rows * columns }, (_, i) => (Math.floor(i / columns) === i % columns ? gain : 0));
}

/** A kernel (time, 1, frequencies) whose convolution gives one side of a short-time Fourier transform. */
function stft(shape: StaticShape, config: JsonObject): ArrayLike<number> {
  if (shape.length !== 3) {
    throw new LamellaError("config", {
      problem: "The STFT initializer makes kernels of one-dimensional convolutions.",
      expected: "a weight of rank 3",
      received: `rank ${shape.length}`,
    });
  }
  const [length, channels, frequencies] = shape as [number, number, number];
  const side = resolveName("side", text(config, "side"), ["real", "imag"]);
  const isWindowed = config["window"] !== null;
  const window = isWindowed ? resolveWindow(config["window"], length, config["periodic"] === true) : [];
  const kinds = ["density", "spectrum"] as const;
  const scaling = config["scaling"] === null ? null : resolveName("scaling", text(config, "scaling"), kinds);
  const norms = {
    density: Math.sqrt(window.reduce((sum, value) => sum + value * value, 0)),
    spectrum: window.reduce((sum, value) => sum + Math.abs(value), 0),
  };
  const scale = scaling === null || !isWindowed ? 1 : norms[scaling];
  return Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
    const time = Math.floor(i / (channels * frequencies));
    const angle = (-2 * Math.PI * time * (i % frequencies)) / ((frequencies - 1) * 2);
    return ((side === "real" ? Math.cos(angle) : Math.sin(angle)) * (window[time] ?? 1)) / scale;
  });
}

/** One vector from pieces that have initializers of their own. */
export function blocks(...pieces: readonly (readonly [Initializer, number])[]): Initializer {
  return { type: "Blocks", config: { blocks: pieces as unknown as JsonValue } };
}

function generateBlocks(_: StaticShape, config: JsonObject, key: RandomKey): ArrayLike<number> {
  const pieces = config["blocks"] as unknown as readonly (readonly [Initializer, number])[];
  return pieces.flatMap(([{ type, config: own }, length], i) => {
    const generate: Numbers = table[type][1];
    return Array.from(generate([length], own, ownKey(own) ?? absorb(key, i)));
  });
}

/** The key of an initializer that has a seed of its own. */
function ownKey({ seed }: JsonObject): RandomKey | undefined {
  return typeof seed === "number" ? randomKey(seed >>> 0) : undefined;
}

const seeded = { seed: null };

/** Keras's initializers with their default configurations. */
const table = {
  Zeros: [{}, (shape) => new Float64Array(sizeOf(shape))],
  Ones: [{}, (shape) => new Float64Array(sizeOf(shape)).fill(1)],
  Constant: [{ value: 0 }, (shape, config) => new Float64Array(sizeOf(shape)).fill(number(config, "value"))],
  Blocks: [{ blocks: [] }, generateBlocks],
  Identity: [{ gain: 1 }, identity],
  Orthogonal: [{ gain: 1, ...seeded }, orthogonal],
  STFT: [{ side: "real", window: "hann", scaling: "density", periodic: false }, stft],
  RandomUniform: [
    { minval: -0.05, maxval: 0.05, ...seeded },
    (shape, config, key) => {
      const low = number(config, "minval");
      const span = number(config, "maxval") - low;
      return draw(shape, key, (stream) => low + span * stream.next());
    },
  ],
  RandomNormal: [
    { mean: 0, stddev: 0.05, ...seeded },
    (shape, config, key) =>
      draw(shape, key, (stream) => number(config, "mean") + number(config, "stddev") * stream.normal()),
  ],
  TruncatedNormal: [
    { mean: 0, stddev: 0.05, ...seeded },
    (shape, config, key) =>
      draw(shape, key, (stream) => number(config, "mean") + number(config, "stddev") * stream.truncatedNormal()),
  ],
  VarianceScaling: [
    { scale: 1, mode: "fanIn", distribution: "truncatedNormal", ...seeded },
    (shape, config, key) => {
      const mode = resolveName("mode", text(config, "mode"), ["fanIn", "fanOut", "fanAvg"]);
      const names = ["uniform", "normal", "truncatedNormal", "untruncatedNormal"] as const;
      const named = resolveName("distribution", text(config, "distribution"), names);
      // Keras: 'normal' means truncated.
      const distribution = named === "untruncatedNormal" ? "normal" : named === "normal" ? "truncatedNormal" : named;
      return varianceScaling(number(config, "scale"), mode, distribution)(shape, config, key);
    },
  ],
  GlorotUniform: [seeded, varianceScaling(1, "fanAvg", "uniform")],
  GlorotNormal: [seeded, varianceScaling(1, "fanAvg", "truncatedNormal")],
  HeUniform: [seeded, varianceScaling(2, "fanIn", "uniform")],
  HeNormal: [seeded, varianceScaling(2, "fanIn", "truncatedNormal")],
  LecunUniform: [seeded, varianceScaling(1, "fanIn", "uniform")],
  LecunNormal: [seeded, varianceScaling(1, "fanIn", "truncatedNormal")],
} as const satisfies Readonly<Record<string, readonly [JsonObject, Numbers]>>;

export type InitializerType = keyof typeof table;

export const initializerNames = Object.keys(table) as readonly InitializerType[];

const aliases: Readonly<Record<string, InitializerType>> = {
  uniform: "RandomUniform",
  normal: "RandomNormal",
  one: "Ones",
  zero: "Zeros",
  eye: "Identity",
};

/** Of initializers that scale by the number of inputs or outputs: where these are. */
const fanOptions: readonly string[] = ["inputAxes", "outputAxes"];
const scaled: ReadonlySet<InitializerType> = new Set<InitializerType>([
  "VarianceScaling",
  "GlorotUniform",
  "GlorotNormal",
  "HeUniform",
  "HeNormal",
  "LecunUniform",
  "LecunNormal",
]);

/** The same initializer for a weight whose inputs and outputs are along these axes, unless it says so itself. */
export function withFanAxes(
  initializer: Initializer,
  inputAxes: readonly number[],
  outputAxes: readonly number[],
): Initializer {
  const { type, config } = initializer;
  if (!scaled.has(type) || fanOptions.every((name) => Array.isArray(config[name]))) return initializer;
  return { type, config: { ...config, inputAxes, outputAxes } };
}

/** An initializer by any spelling of its name, or with its configuration. */
export function resolveInitializer(input: unknown, where?: string): Initializer {
  const spec = typeof input === "string" ? { type: input } : input;
  if (typeof spec !== "object" || spec === null || !("type" in spec) || typeof spec.type !== "string") {
    throw new LamellaError("config", {
      where,
      problem: "This is not an initializer.",
      expected: `a name (${initializerNames.join(", ")}), or { type, config }`,
      received: JSON.stringify(input),
    });
  }
  const type = resolveName("initializer", spec.type, initializerNames, where, aliases);
  const given = "config" in spec && typeof spec.config === "object" ? (spec.config as JsonObject) : {};
  const defaults: JsonObject = table[type][0];
  const known = [...Object.keys(defaults), ...(scaled.has(type) ? fanOptions : [])];
  const place = `${where ?? "initializer"} ${type}`;
  const own = Object.entries(given ?? {}).map(([spelling, value]) => {
    const name = resolveName("option", spelling, known, place);
    if (typeof defaults[name] !== "number" || Number.isFinite(value)) return [name, value];
    throw new LamellaError("config", {
      where: `${place}, option '${name}'`,
      problem: "The value cannot be used.",
      expected: "a number",
      received: JSON.stringify(value),
    });
  });
  return { type, config: { ...defaults, ...Object.fromEntries(own) } };
}

/**
 * The first value of a weight. The same bits on every machine and for every backend.
 *
 * @param seed used where the initializer has none of its own
 * @param name mixed into the seed, so that weights of one seed differ
 */
export function initialize(
  initializer: Initializer,
  shape: StaticShape,
  dtype: DType,
  seed: number,
  name: string,
): Tensor {
  const { type, config } = initializer;
  if (type === "Zeros") return filled(dtype, shape, 0);
  const own = config["seed"];
  const key = typeof own === "number" ? randomKey(own >>> 0) : randomKey(seed, name);
  const generate: Numbers = table[type][1];
  return new Tensor(dtype, shape, fromNumbers(dtype, generate(shape, config, key)));
}
