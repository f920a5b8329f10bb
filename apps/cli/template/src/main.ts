import { adam, dense, exportOnnx, loadModel, onnxruntime, sequential, setRandomSeed } from "lamella";

import { spirals } from "./spirals.ts";

setRandomSeed(1);
const training = spirals(600, 1);
const test = spirals(200, 2);

const net = sequential(
  [
    dense(32, { activation: "relu", inputShape: [2] }),
    dense(32, { activation: "relu" }),
    dense(1, { activation: "sigmoid" }),
  ],
  { name: "spirals" },
);
net.compile({
  optimizer: adam({ learningRate: 0.01 }),
  loss: "binaryCrossentropy",
  metrics: ["accuracy"],
  backend: onnxruntime(),
});
net.summary();

await net.fit(training.x, training.y, { epochs: 20, batchSize: 32, validationSplit: 0.1, verbose: 2 });
console.log("On points it has not seen:", await net.evaluate(test.x, test.y, { verbose: 0 }));

// The file has weights and the state of training: fit goes on where it stopped.
await net.save("model.lamella");
// Any ONNX Runtime runs this one: in Python, C++, browsers, phones.
await exportOnnx(net, "model.onnx");

const loaded = await loadModel("model.lamella");
const [first] = (await loaded.predict(test.x)).toNumbers();
console.log(`The first point: ${first!.toFixed(4)}, where ${test.y[0]} is right`);
console.log("Wrote model.lamella and model.onnx");
