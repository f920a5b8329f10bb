import { concatenate, conv2d, dense, embedding, flatten, lstm, maxPooling2d, type SymbolicTensor } from "@lamella/ir";
import { describe, expect, expectTypeOf, test } from "vitest";

import { type Functional, input, model } from "../src/index.ts";

// The compiler checks these: `tsc -b` fails where a type is not as stated, or where an expected error is none.

const image = input({ shape: [28, 28, 1], name: "image" });
const tokens = input({ shape: [null], name: "tokens", dtype: "int32" });
const unnamed = input({ shape: [4] });

describe("names", () => {
  test("of inputs are inferred", () => {
    expectTypeOf(image).toEqualTypeOf<SymbolicTensor<"image">>();
    expectTypeOf(unnamed).toEqualTypeOf<SymbolicTensor>();
  });

  test("of layers are those of what they give", () => {
    expectTypeOf(dense(3, { name: "scores" })(unnamed)).toEqualTypeOf<SymbolicTensor<"scores">>();
    expectTypeOf(dense(3, { activation: "relu", name: "scores" }).name).toEqualTypeOf<"scores">();
    expectTypeOf(flatten({ name: "flat" })(image)).toEqualTypeOf<SymbolicTensor<"flat">>();
    expectTypeOf(dense(3)(unnamed)).toEqualTypeOf<SymbolicTensor>();
  });

  test("of a model's inputs and outputs are inferred from tensors and lists", () => {
    const scores = dense(3, { name: "scores" })(flatten()(image));
    const tags = dense(5, { name: "tags" })(lstm(4)(embedding(10, 4)(tokens)));
    const one = model({ inputs: image, outputs: scores });
    const both = model({ inputs: [image, tokens], outputs: [scores, tags] });
    expectTypeOf(one).toEqualTypeOf<Functional<"image", "scores", "one">>();
    expectTypeOf(both).toEqualTypeOf<Functional<"image" | "tokens", "scores" | "tags", "several">>();
    expectTypeOf(both.inputNames).toEqualTypeOf<readonly ("image" | "tokens")[]>();
    expectTypeOf(both.outputNames).toEqualTypeOf<readonly ("scores" | "tags")[]>();
    expect([one.inputNames, both.outputNames]).toEqual([["image"], ["scores", "tags"]]);
  });

  test("pass on to feature extractors", () => {
    const net = model({ inputs: [image, tokens], outputs: [flatten()(image), embedding(10, 4)(tokens)] });
    const features = model({ inputs: net.inputs, outputs: flatten({ name: "flat" })(image) });
    expectTypeOf(features.inputNames).toEqualTypeOf<readonly ("image" | "tokens")[]>();
    expect(features.inputNames).toEqual(["image", "tokens"]);
  });
});

describe("what a call gives", () => {
  test("a tensor, or a list where states are returned", () => {
    const sequence = input({ shape: [5, 4] });
    expectTypeOf(lstm(3)(sequence)).toEqualTypeOf<SymbolicTensor>();
    expectTypeOf(lstm(3, { returnState: false })(sequence)).toEqualTypeOf<SymbolicTensor>();
    expectTypeOf(lstm(3, { returnState: true })(sequence)).toEqualTypeOf<SymbolicTensor[]>();
    expectTypeOf(lstm(3, { returnState: true, returnSequences: true, name: "x" })(sequence)).toEqualTypeOf<
      SymbolicTensor[]
    >();
    expect(lstm(3, { returnState: true })(sequence)).toHaveLength(3);
  });

  test("is known of the type of a factory, too", () => {
    type Dense = ReturnType<typeof dense>;
    expectTypeOf<Dense>().not.toBeAny();
    expectTypeOf<ReturnType<Dense>>().toEqualTypeOf<SymbolicTensor>();
    expectTypeOf<ReturnType<typeof lstm>>().not.toBeAny();
    const layers: Dense[] = [dense(3), dense(4, { name: "last" })];
    expect(layers.map(({ name }) => name).at(-1)).toBe("last");
  });

  test("of a model depends on the number of its outputs", () => {
    const one = model({ inputs: unnamed, outputs: dense(3, { name: "a" })(unnamed) });
    const two = model({ inputs: unnamed, outputs: [dense(3)(unnamed), dense(2)(unnamed)] });
    expectTypeOf(one(unnamed)).toEqualTypeOf<SymbolicTensor<"a">>();
    expectTypeOf(two(unnamed)).toEqualTypeOf<SymbolicTensor[]>();
  });
});

describe("what does not compile", () => {
  /** Does not run the work: only the compiler reads it. */
  const compiled = (work: () => unknown) => typeof work;

  test("unknown options, alone and beside known ones", () => {
    // @ts-expect-error -- no such option
    compiled(() => dense(3, { activaton: "relu" }));
    // @ts-expect-error -- no such option, beside one that is there
    compiled(() => dense(3, { activation: "relu", usebias: false }));
    // @ts-expect-error -- units are an argument
    compiled(() => dense(3, { units: 4 }));
    // @ts-expect-error -- flatten has no states to return
    compiled(() => flatten({ returnState: true }));
    // @ts-expect-error -- no such option of an input
    compiled(() => input({ shape: [3], nmae: "x" }));
    // @ts-expect-error -- no such option of a model
    compiled(() => model({ inputs: unnamed, outputs: unnamed, nmae: "x" }));
    expect(compiled(() => dense(3, { activation: "relu", useBias: false }))).toBe("function");
  });

  test("wrong values of options", () => {
    // @ts-expect-error -- neither 'valid' nor 'same'
    compiled(() => conv2d(8, 3, { padding: "sane" }));
    // @ts-expect-error -- a boolean
    compiled(() => dense(3, { useBias: "yes" }));
    // @ts-expect-error -- no such dtype
    compiled(() => dense(3, { dtype: "float" }));
    // @ts-expect-error -- a number or a list of them
    compiled(() => maxPooling2d({ poolSize: "2" }));
    // @ts-expect-error -- true or false
    compiled(() => lstm(3, { returnState: "yes" }));
    expect(compiled(() => conv2d(8, 3, { padding: "same" }))).toBe("function");
  });

  test("missing and surplus arguments", () => {
    // @ts-expect-error -- units are missing
    compiled(() => dense());
    // @ts-expect-error -- the kernel size is missing
    compiled(() => conv2d(8));
    // @ts-expect-error -- options are one object
    compiled(() => dense(3, "relu"));
    // @ts-expect-error -- one object of options
    compiled(() => conv2d(8, 3, 1, { padding: "same" }));
    // @ts-expect-error -- outputs are missing
    compiled(() => model({ inputs: unnamed }));
    expect(compiled(() => conv2d(8, [3, 5], {}))).toBe("function");
  });

  test("the option that may stand in front", () => {
    expectTypeOf(maxPooling2d(2, { strides: 1, name: "pooled" })(image)).toEqualTypeOf<SymbolicTensor<"pooled">>();
    expectTypeOf(maxPooling2d([2, 3])(image)).toEqualTypeOf<SymbolicTensor>();
    // @ts-expect-error -- a number or a list of them
    compiled(() => maxPooling2d("2"));
    // @ts-expect-error -- given twice
    compiled(() => maxPooling2d(2, { poolSize: 3 }));
    // @ts-expect-error -- options are one object
    compiled(() => maxPooling2d(2, 1));
  });

  test("calls on numbers, and layers in the place of tensors", () => {
    // @ts-expect-error -- numbers
    compiled(() => dense(3)([1, 2]));
    // @ts-expect-error -- a layer
    compiled(() => dense(3)(dense(4)));
    // @ts-expect-error -- a layer
    compiled(() => model({ inputs: unnamed, outputs: dense(3) }));
    // @ts-expect-error -- training is a boolean
    compiled(() => dense(3)(unnamed, { training: "yes" }));
    expect(compiled(() => concatenate()([unnamed, unnamed]))).toBe("function");
  });
});

test("literals are offered, snake case is taken", () => {
  expectTypeOf<NonNullable<Parameters<typeof conv2d>[2]>["padding"]>().toEqualTypeOf<"valid" | "same" | undefined>();
  const layer = dense(3, { activation: "hard_sigmoid", kernelInitializer: "he_normal" });
  expect(layer.getConfig()).toMatchObject({ activation: "hardSigmoid", kernelInitializer: { type: "HeNormal" } });
});
