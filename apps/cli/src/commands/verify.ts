import { examplesText, type LamellaCommand } from "../command.ts";

export function declare(command: LamellaCommand): void {
  command
    .argument("<file>", "model file")
    .addHelpText(
      "after",
      examplesText([
        ["lamella verify model.lamella", "what is wrong and where; exit code 3 if anything is"],
        ["lamella verify model.keras --json", "for programs"],
      ]),
    )
    .action(async (file, options) => {
      const { verifyFile } = await import("../verify/verify-file.ts");
      await verifyFile(file, options);
    });
}
