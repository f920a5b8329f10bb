import { Command } from "@commander-js/extra-typings";

import manifest from "../package.json" with { type: "json" };
import type { LamellaCommand } from "./command.ts";
import { commands } from "./commands/index.ts";
import { exitCodeTable } from "./exit-codes.ts";
import { paint } from "./paint.ts";

/** The program as far as these arguments need it: other commands are known by name and description only, but where all are completed. */
export function makeProgram(args: readonly string[]): Command {
  const program = new Command("lamella")
    .description(manifest.description)
    .version(manifest.version, "--version")
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(paint.error(text)) })
    .configureHelp({ styleTitle: (text) => paint.title(text) })
    .addHelpText("after", `\nExit codes:\n${exitCodeTable}\n\nMore on a command: lamella COMMAND --help`);
  const all = args[0] === "complete";
  for (const [name, entry] of Object.entries(commands)) {
    const command: LamellaCommand = program
      .command(name)
      .description(entry.about)
      .option("--json", "print JSON, for programs");
    if (all || args.includes(name)) entry.declare(command);
  }
  return program;
}
