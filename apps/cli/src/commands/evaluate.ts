import { backendOption, deviceOption } from "../backend-options.ts";
import { examplesText, type LamellaCommand } from "../command.ts";
import { severalTimes, wholeNumber } from "../option-values.ts";
import { lossOption, metricsOption } from "../specs/spec-options.ts";

export function declare(command: LamellaCommand): void {
  command
    .argument("<file>", "model file")
    .requiredOption("--data <file>", ".npz file: arrays x and y, or named after inputs and outputs")
    .option(...lossOption, severalTimes)
    .option(...metricsOption, severalTimes)
    .option(...backendOption)
    .option(...deviceOption)
    .option("--batch-size <n>", "samples a step (default: 32)", wholeNumber(1))
    .addHelpText(
      "after",
      examplesText([
        ["lamella evaluate model.lamella --data test.npz", "by the loss and the metrics of the file"],
        ["lamella evaluate model.h5 --data test.npz --loss mse --metrics mae", "by others"],
        ["lamella evaluate model.keras --data test.npz --json", "for programs"],
      ]),
    )
    .action(async (file, options) => {
      const { evaluateFile } = await import("../evaluate-file.ts");
      await evaluateFile(file, options);
    });
}
