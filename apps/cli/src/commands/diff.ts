import { examplesText, type LamellaCommand } from "../command.ts";
import { number } from "../option-values.ts";

export function declare(command: LamellaCommand): void {
  command
    .argument("<a>", "model file")
    .argument("<b>", "model file, of any format")
    .option("--tolerance <number>", "largest absolute difference of numbers that count as equal", number(0), 0)
    .option("--ignore-names", "match layers by their order alone", false)
    .addHelpText(
      "after",
      examplesText([
        ["lamella diff before.lamella after.lamella", "exit code 1 where they differ"],
        ["lamella diff model.lamella model.keras --tolerance 1e-6", "across formats"],
        ["lamella diff model.lamella model.onnx --json", "as ONNX operators, for programs"],
      ]),
    )
    .action(async (a, b, options) => {
      const { diffFiles } = await import("../diff/diff-files.ts");
      await diffFiles(a, b, options);
    });
}
