import { Command } from "@commander-js/extra-typings";

import manifest from "../package.json" with { type: "json" };
import type { LamellaCommand } from "./command.ts";
import { commands } from "./commands/index.ts";
import { exitCodeTable } from "./exit-codes.ts";
import { paint } from "./paint.ts";

/**
 * The program as far as these arguments need it: the command that they start with, else all by name and description. Where all are
 * completed, they are there with all they take.
 */
export function makeProgram(args: readonly string[]): Command {
  const program = new Command("lamella")
    .description(manifest.description)
    .version(manifest.version, "--version")
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(paint.error(text)) })
    .configureHelp({ styleTitle: (text) => paint.title(text) })
    .addHelpText("after", `\nExit codes:\n${exitCodeTable}\n\nMore on a command: lamella COMMAND --help`);
  const [first = ""] = args;
  const all = first === "complete";
  const needed =
    Object.hasOwn(commands, first) && !all ? [[first, commands[first]!] as const] : Object.entries(commands);
  for (const [name, entry] of needed) {
    const command: LamellaCommand = program
      .command(name)
      .description(entry.about)
      .option("--json", "print JSON, for programs");
    if (all || args.includes(name)) entry.declare(command);
  }
  return program;
}
