import type { ErrorCode } from "@lamella/ir";

/** What the exit code of the command says. */
export const exitCodes = {
  ok: 0,
  no: 1,
  usage: 2,
  badFile: 3,
  unavailable: 4,
  data: 5,
  unsupported: 6,
  notFinite: 7,
  internal: 70,
  interrupted: 130,
} as const;

const meanings: { readonly [N in keyof typeof exitCodes]: string } = {
  ok: "done",
  no: "the answer is no: files differ, or backends disagree",
  usage: "the command line cannot be used: unknown command, option, name or value",
  badFile: "a file cannot be read or written, or is not what it should be",
  unavailable: "a backend or device is not there",
  data: "the data do not fit the model",
  unsupported: "what is asked is understood and cannot be done",
  notFinite: "training came to NaN or infinity",
  internal: "a fault of lamella itself",
  interrupted: "stopped by Ctrl-C",
};

const ofErrors: { readonly [C in ErrorCode]: keyof typeof exitCodes } = {
  config: "usage",
  name: "usage",
  format: "badFile",
  version: "badFile",
  graph: "badFile",
  "unknown-layer": "unsupported",
  unsupported: "unsupported",
  shape: "data",
  dtype: "data",
  data: "data",
  unavailable: "unavailable",
  "not-finite": "notFinite",
  state: "usage",
  aborted: "interrupted",
};

/** The exit code for the code of a LamellaError. */
export function exitCodeOf(code: ErrorCode): number {
  return exitCodes[ofErrors[code]];
}

/** All codes with their meanings, one a line. */
export const exitCodeTable = Object.entries(exitCodes)
  .map(([name, code]) => `  ${String(code).padEnd(4)} ${meanings[name as keyof typeof exitCodes]}`)
  .join("\n");
