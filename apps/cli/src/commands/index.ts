import type { CommandFile } from "../command.ts";

interface CommandEntry {
  readonly about: string;
  load(): Promise<CommandFile>;
}

/** All commands in the order of `lamella --help`. A command is one file, loaded when it is asked for. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  summary: {
    about: "Lists layers, output shapes and numbers of parameters",
    load: () => import("./summary.ts"),
  },
  plot: {
    about: "Draws the graph as .svg, .png, .dot or .mermaid",
    load: () => import("./plot.ts"),
  },
  convert: {
    about: "Writes a model in another format",
    load: () => import("./convert.ts"),
  },
  verify: {
    about: "Checks structure and invariants, and says what is wrong and where",
    load: () => import("./verify.ts"),
  },
  diff: {
    about: "Compares architecture and weights of two files, across formats",
    load: () => import("./diff.ts"),
  },
  predict: {
    about: "Runs a model on arrays, tables or images from files",
    load: () => import("./predict.ts"),
  },
  evaluate: {
    about: "Measures a model on samples from a file",
    load: () => import("./evaluate.ts"),
  },
  train: {
    about: "Trains a model on samples from a file",
    load: () => import("./train.ts"),
  },
  compare: {
    about: "Runs a model on several backends and says how far they are apart, layer by layer",
    load: () => import("./compare.ts"),
  },
  bench: {
    about: "Measures how long a model runs, on one backend or several in turns",
    load: () => import("./bench.ts"),
  },
  backends: {
    about: "Lists what models can run on here, and what is missing for the rest",
    load: () => import("./backends.ts"),
  },
  init: {
    about: "Writes a starter project that trains, saves and exports",
    load: () => import("./init.ts"),
  },
  complete: {
    about: "Prints a completion script for a shell",
    load: () => import("./complete.ts"),
  },
};
