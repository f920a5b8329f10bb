import {
  Add,
  Constant,
  Conv,
  dense,
  Expand,
  filled,
  GraphBuilder,
  lower,
  lstm,
  padsOf,
  printLayers,
  printPrimitives,
  Relu,
  resetNames,
  Scan,
  symbolicInput,
  tensor,
} from "@lamella/ir";
import { expect, test } from "vitest";

import { plainModel } from "./plain-model.ts";

test("a primitive graph, one node a line", () => {
  const builder = new GraphBuilder("net");
  const x = builder.input("x", ["batch", 8, 8, 1], "float32");
  const kernel = Constant(builder, filled("float32", [3, 3, 1, 2], 0.5));
  const y = builder.scoped("conv", () =>
    Conv(x, kernel, { layout: "channelsLast", strides: [2, 2], pads: padsOf("same", 2), dilations: [1, 1], group: 1 }),
  );
  const graph = builder.finish({ y: Relu(Add(y, Constant(builder, tensor([1, 2])))) });
  expect(printPrimitives(graph)).toMatchInlineSnapshot(`
    "graph net (x = %0: float32[batch, 8, 8, 1]) -> (y = %5)
      %1: float32[3, 3, 1, 2] = Constant { value = float32[3, 3, 1, 2] }()  # Constant
      %2: float32[batch, 4, 4, 2] = Conv { layout = channelsLast, strides = [2, 2], pads = SAME_UPPER, dilations = [1, 1], group = 1 }(%0, %1)  # conv/Conv
      %3: float32[2] = Constant { value = float32[2](1, 2) }()  # Constant_1
      %4: float32[batch, 4, 4, 2] = Add(%2, %3)  # Add
      %5: float32[batch, 4, 4, 2] = Relu(%4)  # Relu"
  `);
});

test("a Scan with its body", () => {
  const builder = new GraphBuilder("net");
  const x = builder.input("x", ["time", "batch"], "float32");
  const start = Expand(Constant(builder, tensor(0)), ["batch"]);
  const result = Scan({ states: [start], scanned: [x] }, ({ states: [h], scanned: [slice] }) => {
    const next = Add(h!, slice!);
    return { states: [next], outputs: [Relu(next)] };
  });
  const graph = builder.finish({ last: result.states[0]!, all: result.outputs[0]! });
  expect(printPrimitives(graph)).toMatchInlineSnapshot(`
    "graph net (x = %0: float32[time, batch]) -> (last = %3, all = %4)
      %1: float32[] = Constant { value = float32[](0) }()  # Constant
      %2: float32[batch] = Expand { shape = [batch] }(%1)  # Expand
      %3: float32[batch], %4: float32[time, batch] = Scan { body =
        graph body (state0 = %0: float32[batch], scanned0 = %1: float32[batch]) -> (state0 = %2, output0 = %3)
          %2: float32[batch] = Add(%0, %1)  # Add
          %3: float32[batch] = Relu(%2)  # Relu
      , states = 1, invariants = 0, reverse = false }(%2, %0)  # Scan"
  `);
});

test("a layer graph with call arguments, and what it is lowered to", () => {
  resetNames();
  const x = symbolicInput({ shape: ["time", 2], name: "x" });
  const h = symbolicInput({ shape: [3], name: "h" });
  const hidden = dense(3, { activation: "relu" })(x);
  const net = plainModel([x, h], lstm(3)(hidden, { initialState: [h, h], training: true }));
  expect(printLayers(net.graph)).toMatchInlineSnapshot(`
    "graph plain_model (x = %0: float32[batch, time, 2], h = %1: float32[batch, 3]) -> (lstm = %3)
      %2: float32[batch, time, 3] = Dense(%0)  # dense
      %3: float32[batch, 3] = LSTM { initialState = [{"tensor":1},{"tensor":2}], training = true }(%2, %1, %1)  # lstm"
  `);
  expect(printPrimitives(lower(net).graph).split("\n").slice(0, 6)).toMatchInlineSnapshot(`
    [
      "graph plain_model (x = %0: float32[batch, time, 2], h = %1: float32[batch, 3], dense/kernel = %2: float32[2, 3], dense/bias = %3: float32[3], lstm/lstm_cell/kernel = %4: float32[3, 12], lstm/lstm_cell/recurrent_kernel = %5: float32[3, 12], lstm/lstm_cell/bias = %6: float32[12]) -> (lstm = %13)",
      "  %7: float32[batch, time, 3] = MatMul(%0, %2)  # dense/MatMul",
      "  %8: float32[batch, time, 3] = Add(%7, %3)  # dense/Add",
      "  %9: float32[batch, time, 3] = Relu(%8)  # dense/Relu",
      "  %10: float32[time, batch, 3] = Transpose { perm = [1, 0, 2] }(%9)  # lstm/Transpose",
      "  %11: float32[time, batch, 12] = MatMul(%10, %4)  # lstm/lstm_cell/MatMul",
    ]
  `);
});
