import { examplesText, type LamellaCommand } from "../command.ts";
import { number, wholeNumber, wholeNumbers } from "../option-values.ts";

export function declare(command: LamellaCommand): void {
  command
    .argument("<file>", "model file")
    .option("--backends <list>", "what to measure, in turns: onnxruntime,tfjs:wasm,reference", "onnxruntime")
    .option("--batch <sizes>", "batch sizes, one after the other: 1,8", wholeNumbers(1), [1])
    .option("--size <n>", "size of other axes that the model leaves open", wholeNumber(1), 32)
    .option("--runs <n>", "most runs of each backend", wholeNumber(1), 50)
    .option("--seconds <n>", "time after which no further round begins, for each batch size", number(0), 10)
    .addHelpText(
      "after",
      examplesText([
        ["lamella bench model.lamella", "the median of 50 runs, after a warm-up"],
        ["lamella bench model.onnx --backends onnxruntime,tfjs:wasm --batch 1,8", "runs take turns"],
        ["lamella bench model.lamella --json", "with machine and versions"],
      ]),
    )
    .action(async (file, options) => {
      const { benchFile } = await import("../bench/bench-file.ts");
      await benchFile(file, options);
    });
}
