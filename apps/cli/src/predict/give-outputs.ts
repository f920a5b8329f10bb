import { extname } from "node:path";

import { encodeNpy, encodeNpz } from "@lamella/data";
import { formatShape, LamellaError, type Tensor } from "@lamella/ir";

import { writeOut } from "../files/save-file.ts";
import { printResult } from "../output.ts";
import { outputTables } from "./output-tables.ts";

/** Refuses what outputs cannot be written to, before any work is done. @throws LamellaError `config` */
export function checkTarget(output: string | undefined, outputs: readonly unknown[]): void {
  if (output === undefined || output === "-") return;
  const ending = extname(output).toLowerCase();
  if (ending === ".npz" || (ending === ".npy" && outputs.length === 1)) return;
  throw new LamellaError("config", {
    where: output,
    problem:
      ending === ".npy"
        ? `The model has ${outputs.length} outputs, and a .npy file holds one array.`
        : "The name of the file does not say how outputs are written.",
    expected: outputs.length === 1 ? "a name that ends in .npz or .npy, or -" : "a name that ends in .npz, or -",
  });
}

interface Target {
  readonly json: boolean;
  readonly output: string | undefined;
  /** The name of the backend that computed. */
  readonly backend: string;
}

/** Writes outputs to the file or prints them: to '-' one as .npy, several as JSON. */
export async function giveOutputs(
  outputs: Readonly<Record<string, Tensor>>,
  { json, output, backend }: Target,
): Promise<void> {
  const tensors = Object.entries(outputs);
  const described = (values: boolean) =>
    Object.fromEntries(
      tensors.map(([name, tensor]) => {
        const { dtype, shape } = tensor;
        return [name, { dtype, shape, ...(values ? { values: tensor.toArray() } : {}) }];
      }),
    );
  if (output === undefined || (output === "-" && (json || tensors.length > 1))) {
    await printResult({ json: json || output === "-" }, { backend, outputs: described(true) }, () =>
      outputTables(outputs),
    );
    return;
  }
  if (output === "-") {
    process.stdout.write(encodeNpy(tensors[0]![1]));
    return;
  }
  const isArchive = extname(output).toLowerCase() === ".npz";
  await writeOut(output, [isArchive ? await encodeNpz(outputs) : encodeNpy(tensors[0]![1])]);
  await printResult({ json }, { backend, file: output, outputs: described(false) }, () =>
    tensors.map(([name, { dtype, shape }]) => `${output}: ${name}, ${dtype} ${formatShape(shape)}`).join("\n"),
  );
}
