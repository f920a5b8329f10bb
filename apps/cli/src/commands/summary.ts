import { examplesText, type LamellaCommand } from "../command.ts";

export function declare(command: LamellaCommand): void {
  command
    .argument("<file>", "model file")
    .option("--expand-nested", "also list the layers of nested models")
    .option("--show-weights", "also list the weights of each layer")
    .option("--show-trainable", "also say which layers training changes")
    .addHelpText(
      "after",
      examplesText([
        ["lamella summary model.lamella", "the table that Keras prints"],
        ["lamella summary model.keras --expand-nested --show-weights", "all of it"],
        ["lamella summary model.onnx --json", "for programs"],
      ]),
    )
    .action(async (file, options) => {
      const { showSummary } = await import("../show-summary.ts");
      await showSummary(file, options);
    });
}
