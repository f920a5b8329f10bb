import { examplesText, type LamellaCommand } from "../command.ts";
import { number, wholeNumber } from "../option-values.ts";

export function declare(command: LamellaCommand): void {
  command
    .argument("<file>", "model file")
    .requiredOption("--backends <list>", "two or more, the first is compared with: onnxruntime,tfjs:wasm,reference")
    .option("--inputs <file>", ".npz file of arrays, named after the inputs; x for a single one (default: generated)")
    .option("--samples <n>", "samples to generate", wholeNumber(1), 2)
    .option("--size <n>", "size of axes that the model leaves open, when inputs are generated", wholeNumber(1), 32)
    .option("--seed <n>", "decides the generated inputs", wholeNumber(0), 0)
    .option(
      "--tolerance <share>",
      "largest difference of outputs that passes, as a share of their largest number",
      number(0),
      1e-4,
    )
    .addHelpText(
      "after",
      examplesText([
        ["lamella compare model.lamella --backends onnxruntime,reference", "layer by layer"],
        ["lamella compare model.onnx --backends onnxruntime,tfjs:wasm --inputs x.npz", "operators, on inputs of yours"],
        [
          "lamella compare model.lamella --backends onnxruntime,onnxruntime:webgpu --tolerance 1e-3",
          "exit code 1 above",
        ],
      ]),
    )
    .action(async (file, options) => {
      const { compareFile } = await import("../compare/compare-file.ts");
      await compareFile(file, options);
    });
}
