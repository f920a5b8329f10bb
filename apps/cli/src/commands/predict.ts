import { backendOption, deviceOption } from "../backend-options.ts";
import { examplesText, type LamellaCommand } from "../command.ts";
import { severalTimes, wholeNumber } from "../option-values.ts";

export function declare(command: LamellaCommand): void {
  command
    .argument("<file>", "model file")
    .option(
      "--input <name=file>",
      "array of an input: .npy, .csv (a sample a row), .png or .jpg (values from 0 to 255); again for others, " +
        "and for more samples; NAME= may be left out where there is one input",
      severalTimes,
    )
    .option("--inputs <file>", ".npz file of arrays, named after the inputs; x for a single one")
    .option(...backendOption)
    .option(...deviceOption)
    .option("--batch-size <n>", "samples a run (default: 32)", wholeNumber(1))
    .option("-o, --output <file>", "write outputs to a .npz or .npy file; - for stdout, one as .npy, several as JSON")
    .addHelpText(
      "after",
      examplesText([
        ["lamella predict model.lamella --input x.npy", "prints the first rows"],
        ["lamella predict model.keras --input image=cat.png --json", "for programs"],
        ["lamella predict model.onnx --inputs batch.npz -o y.npz", "for NumPy"],
        ["lamella predict model.lamella --input x.csv --backend tfjs --device wasm", "elsewhere"],
      ]),
    )
    .action(async (file, options) => {
      const { predictFile } = await import("../predict/predict-file.ts");
      await predictFile(file, options);
    });
}
