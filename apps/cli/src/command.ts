import type { Command } from "@commander-js/extra-typings";

/** A command before it declares its arguments and options: all have `--json`. */
export type LamellaCommand = Command<[], { json?: true }>;

/** Command lines for the end of a command's help, each with what it does. */
export function examplesText(examples: readonly (readonly [line: string, meaning: string])[]): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  return `\nExamples:\n${examples.map(([line, meaning]) => `  ${line.padEnd(width)}  ${meaning}`).join("\n")}`;
}
