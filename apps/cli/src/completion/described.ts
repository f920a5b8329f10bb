import type { CommandUnknownOpts, Option } from "@commander-js/extra-typings";

/** An option as shells complete it. */
export interface DescribedOption {
  readonly short?: string;
  readonly long: string;
  readonly description: string;
  /** What stands after it: a file unless there are choices; undefined where nothing does. */
  readonly value?: { readonly name: string; readonly choices: readonly string[] };
}

/** A command as shells complete it. */
export interface DescribedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly DescribedOption[];
  /** What its argument can be, where that is not a file. */
  readonly choices: readonly string[];
}

/** What a program's commands declare. */
export function describedCommands(program: CommandUnknownOpts): DescribedCommand[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: [...command.options.map(describedOption), { short: "-h", long: "--help", description: "display help" }],
    choices: command.registeredArguments[0]?.argChoices ?? [],
  }));
}

function describedOption({ short, long, flags, description, required, optional, argChoices }: Option): DescribedOption {
  const name = /[<[](?<name>[^>\]]+)[>\]]/.exec(flags)?.groups?.["name"] ?? "value";
  return {
    ...(short === undefined ? {} : { short }),
    long: long ?? short!,
    description,
    ...(required || optional ? { value: { name, choices: argChoices ?? [] } } : {}),
  };
}
