import { Option } from "@commander-js/extra-typings";

import { examplesText, type LamellaCommand } from "../command.ts";
import { number } from "../option-values.ts";

export function declare(command: LamellaCommand): void {
  command
    .argument("<file>", "model file")
    .requiredOption("-o, --output <picture>", "file to write: .svg, .png, .dot (Graphviz) or .mermaid")
    .addOption(
      new Option("--direction <way>", "from top to bottom, or left to right").choices(["TB", "LR"]).default("TB"),
    )
    .option("--no-shapes", "leave out the shapes of what layers give")
    .option("--no-nested", "draw a nested model as one node")
    .option("--scale <number>", "how fine a .png is", number(0.01), 2)
    .addHelpText(
      "after",
      examplesText([
        ["lamella plot model.lamella -o model.svg", "nested models as boxes"],
        ["lamella plot model.keras -o model.png --direction LR", "from left to right"],
        ["lamella plot model.lamella -o model.mermaid", "for Markdown"],
      ]),
    )
    .action(async (file, { direction, ...options }) => {
      const { plotFile } = await import("../plot/plot-file.ts");
      await plotFile(file, { ...options, direction: direction === "LR" ? "LR" : "TB" });
    });
}
