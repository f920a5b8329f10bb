import { examplesText, type LamellaCommand } from "../command.ts";

export function declare(command: LamellaCommand): void {
  command
    .addHelpText(
      "after",
      examplesText([
        ["lamella backends", "what --backend and --device can be here"],
        ["lamella backends --json", "for programs"],
      ]),
    )
    .action(async (options) => {
      const { showBackends } = await import("../show-backends.ts");
      await showBackends(options);
    });
}
