import { LamellaError } from "@lamella/ir";

/** The nodes that ONNX Runtime's messages name: `while running Gather node. Name:'emb/Gather'`, `Node (emb/Gather) Op ...`. */
const nodePatterns = [/Name:\s?'([^']+)'/, /Node[ :]\s?\(?([\w./:-]+)\)?/];

/** What ONNX Runtime threw, at the node that its message names. `code` says what an error at this stage means. */
export function ortError(code: "unsupported" | "data", error: unknown, label: string): LamellaError {
  if (error instanceof LamellaError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const node = nodePatterns.map((pattern) => pattern.exec(message)?.[1]).find((name) => name !== undefined);
  return new LamellaError(code, {
    where: node === undefined ? label : `${label}, ${node}`,
    problem: `ONNX Runtime cannot ${code === "data" ? "run" : "prepare"} this: ${message.trim().replace(/\.$/, "")}.`,
    cause: error,
  });
}

export function disposed(what: string, where: string): LamellaError {
  return new LamellaError("state", { where, problem: `The ${what} has been disposed.` });
}
