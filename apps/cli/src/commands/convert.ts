import { examplesText, type LamellaCommand } from "../command.ts";
import { wholeNumber } from "../option-values.ts";

export function declare(command: LamellaCommand): void {
  command
    .argument("<in>", "model file: .lamella, .keras, .h5 or TensorFlow.js model.json")
    .argument("<out>", "file to write; its name says the format: .lamella, .keras, .weights.h5, model.json or .onnx")
    .option("--opset <n>", "version of the ONNX operator set (default: 21)", wholeNumber(1))
    .addHelpText(
      "after",
      examplesText([
        ["lamella convert model.keras model.lamella", "with weights, optimizer and its state"],
        ["lamella convert model.lamella model.onnx --opset 22", "for ONNX Runtime"],
        ["lamella convert model.h5 web/model.json", "for TensorFlow.js"],
      ]),
    )
    .action(async (from, to, options) => {
      const { convertFile } = await import("../convert-file.ts");
      await convertFile(from, to, options);
    });
}
