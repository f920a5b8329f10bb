import { examplesText, type LamellaCommand } from "../command.ts";

export function declare(command: LamellaCommand): void {
  command
    .argument("<dir>", "folder, empty or not there yet")
    .addHelpText("after", examplesText([["lamella init network", "a TypeScript project to start from"]]))
    .action(async (folder, options) => {
      const { initProject } = await import("../init/init-project.ts");
      await initProject(folder, options);
    });
}
