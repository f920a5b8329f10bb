import { readFileSync } from "node:fs";

import { Tensor } from "@lamella/ir";
import { arraysOf, modelFromContents, toKeras3 } from "@lamella/keras";
import { Predictor, reference, VariableStore } from "@lamella/runtime";
import { describe, expect, test } from "vitest";

import { expectClose } from "../src/compare.ts";
import { registry } from "../src/registry.ts";
import { valueTolerance } from "../src/tolerance.ts";

interface Stored {
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32" | "int64";
  readonly data: string;
}

interface Golden {
  readonly model: { readonly keras_version: string };
  readonly weights: readonly {
    readonly layer: string;
    readonly weights: readonly (Stored & { readonly name: string })[];
  }[];
  readonly inputs: readonly Stored[];
  readonly outputs: readonly Stored[];
}

/** A model of Keras 2, as internal/keras-golden/lamella_golden/legacy.py made it. */
function golden(name: string): Golden {
  const url = new URL(`../../../packages/keras/test/legacy/goldens/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")) as Golden;
}

const arrays = { float32: Float32Array, int32: Int32Array, int64: BigInt64Array };

function tensorOf({ shape, dtype, data }: Stored): Tensor {
  return new Tensor(dtype, shape, new arrays[dtype](new Uint8Array(Buffer.from(data, "base64")).buffer));
}

/** @param weightsVersion what is taken to have written the weights */
function read({ model, weights }: Golden, weightsVersion: string) {
  const tensors = new Map<string, Tensor>();
  const layers = weights.map(({ layer, weights: listed }) => ({
    layer,
    weights: listed.map(({ name, ...stored }) => {
      const path = `${layer}/${name}`;
      tensors.set(path, tensorOf(stored));
      return { name, path };
    }),
  }));
  const rewritten = toKeras3(model);
  const contents = {
    model: rewritten.model,
    kerasVersion: weightsVersion,
    notes: rewritten.notes,
    weights: { layout: "lists", layers, arrays: arraysOf(tensors) },
  } as const;
  return modelFromContents(contents, { registry });
}

async function outputsOf(
  name: string,
  weightsVersion: string,
): Promise<readonly (readonly [string, Tensor, Tensor])[]> {
  const stored = golden(name);
  const { model, report } = read(stored, weightsVersion);
  expect(report.ignored).toEqual([]);
  const backend = reference();
  await using predictor = new Predictor(model, backend, new VariableStore(backend));
  const inputs = model.inputNames.map((input, i) => [input, tensorOf(stored.inputs[i]!)]);
  const outputs = await predictor.run(Object.fromEntries(inputs) as Record<string, Tensor>);
  return model.outputNames.map((output, i) => [output, outputs[output]!, tensorOf(stored.outputs[i]!)]);
}

describe("models of Keras 2 give what they gave there", () => {
  test.each(["functions", "recurrent", "nested", "stack", "compiled", "cudnn"])("%s", async (name) => {
    for (const [output, actual, expected] of await outputsOf(name, "2.21.0")) {
      expectClose(output, actual, expected, valueTolerance);
    }
  });

  test("their hard_sigmoid is another one than Keras 3's", async () => {
    const differing = (await outputsOf("recurrent", "3.0.0")).filter(([output, actual, expected]) => {
      try {
        expectClose(output, actual, expected, valueTolerance);
        return false;
      } catch {
        return true;
      }
    });
    expect(differing.map(([output]) => output)).toContain("gru");
  });
});
