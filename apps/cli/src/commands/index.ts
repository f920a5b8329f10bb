import type { LamellaCommand } from "../command.ts";
import { declare as backends } from "./backends.ts";
import { declare as bench } from "./bench.ts";
import { declare as compare } from "./compare.ts";
import { declare as complete } from "./complete.ts";
import { declare as convert } from "./convert.ts";
import { declare as diff } from "./diff.ts";
import { declare as evaluate } from "./evaluate.ts";
import { declare as init } from "./init.ts";
import { declare as plot } from "./plot.ts";
import { declare as predict } from "./predict.ts";
import { declare as summary } from "./summary.ts";
import { declare as train } from "./train.ts";
import { declare as verify } from "./verify.ts";

interface CommandEntry {
  readonly about: string;
  /** Adds arguments, options, examples and what the command does. Whatever is slow to load it imports when it runs. */
  readonly declare: (command: LamellaCommand) => void;
}

/** All commands in the order of `lamella --help`. A command is one file. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  summary: { about: "Lists layers, output shapes and numbers of parameters", declare: summary },
  plot: { about: "Draws the graph as .svg, .png, .dot or .mermaid", declare: plot },
  convert: { about: "Writes a model in another format", declare: convert },
  verify: { about: "Checks structure and invariants, and says what is wrong and where", declare: verify },
  diff: { about: "Compares architecture and weights of two files, across formats", declare: diff },
  predict: { about: "Runs a model on arrays, tables or images from files", declare: predict },
  evaluate: { about: "Measures a model on samples from a file", declare: evaluate },
  train: { about: "Trains a model on samples from a file", declare: train },
  compare: {
    about: "Runs a model on several backends and says how far they are apart, layer by layer",
    declare: compare,
  },
  bench: { about: "Measures how long a model runs, on one backend or several in turns", declare: bench },
  backends: { about: "Lists what models can run on here, and what is missing for the rest", declare: backends },
  init: { about: "Writes a starter project that trains, saves and exports", declare: init },
  complete: { about: "Prints a completion script for a shell", declare: complete },
};
