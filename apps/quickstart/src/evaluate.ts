import { readDigits, sliceDigits } from "@lamella-examples/mnist";
// Evaluates a model file on test digits, in a process that knows nothing else: node evaluate.ts <file> <count>
import { loadModel } from "lamella";

const [file, count] = process.argv.slice(2);
if (file === undefined) throw new Error("Usage: evaluate.ts <file> <count>");
await using net = await loadModel(file);
const { images, labels } = sliceDigits(await readDigits("t10k"), 0, Number(count));
console.log(JSON.stringify(await net.evaluate(images, labels, { batchSize: 500, verbose: 0 })));
