import { batchNormalization, concatenate, dense, dropout, exportOnnx, input, model, sequential } from "lamella";

/** A small model with two inputs and a model within. */
export function twoInputs() {
  const a = input({ shape: [8], name: "a" });
  const b = input({ shape: [4], name: "b" });
  const tower = sequential([dense(6, { activation: "relu", name: "first" }), batchNormalization({ name: "norm" })], {
    name: "tower",
  });
  const joined = concatenate({ name: "join" })([tower(a), dense(6, { name: "side" })(b)]);
  const out = dense(3, { activation: "softmax", name: "out" })(dropout(0.2, { name: "drop" })(joined));
  const net = model({ inputs: [a, b], outputs: out, name: "two" });
  net.compile({ optimizer: "adam", loss: "categoricalCrossentropy" });
  return net;
}

/** Writes `two.lamella` and `two.onnx` into a folder. */
export async function writeTwo(folder: string): Promise<ReturnType<typeof twoInputs>> {
  const net = twoInputs();
  await net.save(`${folder}/two.lamella`);
  await exportOnnx(net, `${folder}/two.onnx`);
  return net;
}
