import { Argument } from "@commander-js/extra-typings";

import { examplesText, type LamellaCommand } from "../command.ts";
import { describedCommands } from "../completion/described.ts";
import { scriptFor, shells } from "../completion/scripts.ts";
import { printResult } from "../output.ts";

export function declare(command: LamellaCommand): void {
  command
    .addArgument(new Argument("<shell>", "the shell to complete in").choices(shells))
    .addHelpText(
      "after",
      examplesText([
        ["lamella complete bash >> ~/.bashrc", "for bash"],
        ["lamella complete zsh >> ~/.zshrc", "for zsh, after compinit"],
        ["lamella complete fish > ~/.config/fish/completions/lamella.fish", "for fish"],
      ]),
    )
    .action(async (shell, options) => {
      const script = scriptFor[shell](describedCommands(command.parent!));
      await printResult(options, { shell, script }, () => script);
    });
}
