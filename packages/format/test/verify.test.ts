import { tensor } from "@lamella/ir";
import { Builder, type Offset } from "flatbuffers";
import { describe, expect, test } from "vitest";

import { decode } from "../src/decode.ts";
import { Entry } from "../src/gen/entry.ts";
import { Layer } from "../src/gen/layer.ts";
import { Model } from "../src/gen/model.ts";
import { ValueKind } from "../src/gen/value-kind.ts";
import { Value } from "../src/gen/value.ts";
import { alignUp, headerSize, writeHeader } from "../src/header.ts";
import { encode } from "../src/index.ts";
import { withConfig } from "./models.ts";

function file(flatBuffer: Uint8Array): Uint8Array {
  const totalLength = alignUp(headerSize + flatBuffer.length);
  const bytes = new Uint8Array(totalLength);
  bytes.set(writeHeader({ flatBufferLength: flatBuffer.length, totalLength }));
  bytes.set(flatBuffer, headerSize);
  return bytes;
}

function list(builder: Builder, items: Offset[]): Offset {
  const vector = Value.createItemsVector(builder, items);
  Value.startValue(builder);
  Value.addKind(builder, ValueKind.List);
  Value.addItems(builder, vector);
  return Value.endValue(builder);
}

function ofKind(builder: Builder, kind: ValueKind): Offset {
  Value.startValue(builder);
  Value.addKind(builder, kind);
  return Value.endValue(builder);
}

/** A file with one layer whose configuration has one entry for each value that is written. */
function fileWith(write: (builder: Builder) => readonly Offset[], keyOf = (i: number) => `k${i}`): Uint8Array {
  const builder = new Builder();
  const entries = write(builder).map((value, i) => {
    const key = builder.createString(keyOf(i));
    Entry.startEntry(builder);
    Entry.addKey(builder, key);
    Entry.addValue(builder, value);
    return Entry.endEntry(builder);
  });
  const config = Layer.createConfigVector(builder, entries);
  const text = builder.createString("layer");
  Layer.startLayer(builder);
  Layer.addType(builder, text);
  Layer.addName(builder, text);
  Layer.addConfig(builder, config);
  const layers = Model.createLayersVector(builder, [Layer.endLayer(builder)]);
  Model.startModel(builder);
  Model.addVersionMajor(builder, 1);
  Model.addLayers(builder, layers);
  Model.finishModelBuffer(builder, Model.endModel(builder));
  return file(builder.asUint8Array());
}

describe("a FlatBuffer made by another writer", () => {
  test("is read, with defaults for what it leaves out", () => {
    const kinds = [ValueKind.Null, ValueKind.Bool, ValueKind.Integer, ValueKind.Number, ValueKind.Text, ValueKind.List];
    const { layers, weights } = decode(fileWith((builder) => kinds.map((kind) => ofKind(builder, kind))));
    expect(layers).toEqual([
      { type: "layer", name: "layer", trainable: true, config: { k0: null, k1: false, k2: 0, k3: 0, k4: "", k5: [] } },
    ]);
    expect(weights).toEqual([]);
  });

  test("is refused for a kind of value that there is not", () => {
    const bytes = fileWith((builder) => [ofKind(builder, 7 as never)]);
    expect(() => decode(bytes)).toThrow("layers[0] 'layer' config.k0: There is no value kind 7.");
  });

  test("is refused for an integer that a number cannot hold", () => {
    const bytes = fileWith((builder) => {
      Value.startValue(builder);
      Value.addKind(builder, ValueKind.Integer);
      Value.addInteger(builder, 2n ** 53n);
      return [Value.endValue(builder)];
    });
    expect(() => decode(bytes)).toThrow("config.k0: The integer is too large.");
  });

  test("is refused for a key that stands there twice", () => {
    const write = (builder: Builder) => [ofKind(builder, ValueKind.Null), ofKind(builder, ValueKind.Null)];
    const bytes = fileWith(write, () => "same");
    expect(() => decode(bytes)).toThrow("config: The key 'same' stands there twice.");
  });

  test("is refused for text that is not UTF-8", () => {
    const bytes = fileWith((builder) => {
      const text = builder.createString(Uint8Array.of(0xc3, 0x28));
      Value.startValue(builder);
      Value.addKind(builder, ValueKind.Text);
      Value.addText(builder, text);
      return [Value.endValue(builder)];
    });
    expect(() => decode(bytes)).toThrow("config.k0: The text is not UTF-8.");
  });

  test("is refused for tables nested too deep", () => {
    const nested = (depth: number) =>
      fileWith((builder) => {
        let value = ofKind(builder, ValueKind.Null);
        for (let i = 0; i < depth; i++) value = list(builder, [value]);
        return [value];
      });
    expect(() => decode(nested(101))).toThrow("There are more than 100 levels of nesting.");
    expect(() => decode(nested(100_000))).toThrow("Tables are nested more than 256 deep.");
  });

  test("is refused when a small file unfolds to much", () => {
    const laughs = fileWith((builder) => {
      let value = ofKind(builder, ValueKind.Null);
      for (let i = 0; i < 60; i++) value = list(builder, [value, value]);
      return [value];
    });
    expect(() => decode(laughs)).toThrow("The FlatBuffer unfolds to many times its size.");
    const strings = fileWith((builder) => {
      const text = builder.createString("x".repeat(10_000));
      return Array.from({ length: 1000 }, () => {
        Value.startValue(builder);
        Value.addKind(builder, ValueKind.Text);
        Value.addText(builder, text);
        return Value.endValue(builder);
      });
    });
    expect(() => decode(strings)).toThrow("The FlatBuffer unfolds to many times its size.");
  });
});

test("training state of the same name twice is refused", () => {
  const state = new Map([1, 2].map((i) => [`twin${i}`, tensor(i)]));
  const bytes = encode({ ...withConfig({}), training: { config: {}, state } });
  const second = Buffer.from(bytes.buffer).indexOf("twin2");
  bytes.set(Buffer.from("twin1"), second);
  expect(() => decode(bytes)).toThrow("training.state[1]: The name 'twin1' stands there twice.");
});

describe("what is wrong in a FlatBuffer is said with its place", () => {
  /** The layout of a file with one empty configuration: where its parts stand in the file. */
  function parts() {
    const bytes = fileWith(() => []);
    const view = new DataView(bytes.buffer);
    const root = headerSize + view.getUint32(headerSize, true);
    const vtable = root - view.getInt32(root, true);
    const fieldAt = (slot: number) => root + view.getUint16(vtable + 4 + 2 * slot, true);
    const layersField = fieldAt(3);
    const layers = layersField + view.getUint32(layersField, true);
    return { bytes, view, root, vtable, layersField, layers };
  }

  test("an offset that points out of the buffer", () => {
    const { bytes, view, layersField } = parts();
    view.setUint32(layersField, 0x7ffffff0, true);
    expect(() => decode(bytes)).toThrow(/^model\.layers \(byte \d+\): 4 bytes here lie outside the FlatBuffer\.$/);
  });

  test("an offset that is not aligned", () => {
    const { bytes, view, layersField } = parts();
    view.setUint32(layersField, view.getUint32(layersField, true) + 2, true);
    expect(() => decode(bytes)).toThrow(/^model\.layers \(byte \d+\): What stands here must be aligned to 4 bytes\.$/);
  });

  test("an offset of 0", () => {
    const { bytes, view, layersField } = parts();
    view.setUint32(layersField, 0, true);
    expect(() => decode(bytes)).toThrow(/^model\.layers \(byte \d+\): An offset is 0\.$/);
  });

  test("a vector longer than the buffer", () => {
    const { bytes, view, layers } = parts();
    view.setUint32(layers, 0xffffffff, true);
    expect(() => decode(bytes)).toThrow(/^model\.layers \(byte \d+\): 17179869180 bytes here lie outside/);
  });

  test("a field outside its table", () => {
    const { bytes, view, vtable } = parts();
    view.setUint16(vtable + 4 + 2 * 3, 200, true);
    expect(() => decode(bytes)).toThrow(/^model\.layers \(byte \d+\): The field lies outside its table\.$/);
  });

  test("a vtable of an odd size, or outside the buffer", () => {
    const odd = parts();
    odd.view.setUint16(odd.vtable, 7, true);
    expect(() => decode(odd.bytes)).toThrow(/^model \(byte \d+\): A vtable cannot have 7 bytes\.$/);
    const outside = parts();
    outside.view.setInt32(outside.root, -100_000, true);
    expect(() => decode(outside.bytes)).toThrow(/^model \(byte \d+\): 4 bytes here lie outside the FlatBuffer\.$/);
  });

  test("a vtable or a table that reaches beyond the buffer", () => {
    const long = parts();
    long.view.setUint16(long.vtable, 60_000, true);
    expect(() => decode(long.bytes)).toThrow(/^model \(byte \d+\): 60000 bytes here lie outside the FlatBuffer\.$/);
    const wide = parts();
    wide.view.setUint16(wide.vtable + 2, 60_000, true);
    expect(() => decode(wide.bytes)).toThrow(/^model \(byte \d+\): 60000 bytes here lie outside the FlatBuffer\.$/);
  });

  test("a field that is not aligned", () => {
    const { bytes, view, vtable, root, layersField } = parts();
    view.setUint16(vtable + 4 + 2 * 3, layersField - root + 1, true);
    expect(() => decode(bytes)).toThrow(/^model\.layers \(byte \d+\): What stands here must be aligned to 4 bytes\.$/);
  });

  test("a version that is missing", () => {
    const { bytes, view, vtable } = parts();
    view.setUint16(vtable + 4, 0, true);
    expect(() => decode(bytes)).toThrow(/^model \(byte \d+\): The format version is missing\.$/);
  });

  test("a required field that is missing", () => {
    const builder = new Builder();
    builder.startObject(5);
    const layers = Model.createLayersVector(builder, [builder.endObject()]);
    Model.startModel(builder);
    Model.addVersionMajor(builder, 1);
    Model.addLayers(builder, layers);
    Model.finishModelBuffer(builder, Model.endModel(builder));
    const bytes = file(builder.asUint8Array());
    expect(() => decode(bytes)).toThrow(/^model\.layers\[0\]\.type \(byte \d+\): The field is missing\.$/);
  });
});
