import { exitCodes } from "../exit-codes.ts";
import { modelOf, type OpenedFile, readFileOf } from "../files/read-file.ts";
import { printResult, tableText } from "../output.ts";
import { paint } from "../paint.ts";
import { type Difference, differencesOf, type DiffOptions } from "./differences.ts";
import { type Parts, partsOfGraph, partsOfModel } from "./parts.ts";

/** Compares two files and prints where they differ. Exit code 1 where they do. */
export async function diffFiles(
  pathA: string,
  pathB: string,
  options: DiffOptions & { readonly json?: boolean },
): Promise<void> {
  const [a, b] = [await readFileOf(pathA), await readFileOf(pathB)];
  // Layers are not to be found in an .onnx file: both are compared as ONNX then.
  const asGraphs = a.kind === "graph" || b.kind === "graph";
  const differences = differencesOf(await partsOf(a, asGraphs), await partsOf(b, asGraphs), options);
  const same = differences.length === 0;
  if (!same) process.exitCode = exitCodes.no;
  await printResult(options, { a: pathA, b: pathB, same, differences }, () =>
    same ? paint.good("The models are the same.") : report(differences, pathA, pathB),
  );
}

async function partsOf(opened: OpenedFile, asGraph: boolean): Promise<Parts> {
  if (opened.kind === "graph") return partsOfGraph(opened.graph);
  const model = await modelOf(opened);
  if (!asGraph) return partsOfModel(model);
  const [{ fromOnnx }, { onnxBytes }] = await Promise.all([import("@lamella/onnx"), import("lamella")]);
  return partsOfGraph(fromOnnx(await onnxBytes(model)));
}

async function report(differences: readonly Difference[], a: string, b: string): Promise<string> {
  const short = (text: string | null) => {
    if (text === null) return paint.weak("(nothing)");
    return text.length > 60 ? `${text.slice(0, 57)}...` : text;
  };
  const rows = differences.map((row) => [row.where, row.kind, short(row.a), short(row.b)]);
  const values = differences.filter(({ kind }) => kind === "values");
  const others = differences.length - values.length;
  const largest = Math.max(...values.map((row) => row.largest ?? 0));
  const counts = [
    others === 0 ? "the same architecture" : `${others} ${others === 1 ? "difference" : "differences"} in architecture`,
    values.length === 0
      ? "no weights of other values"
      : `${values.length} ${values.length === 1 ? "weight" : "weights"} of other values, by up to ${largest.toPrecision(3)}`,
  ];
  return `${await tableText(["Where", "What", a, b], rows)}\n\n${counts.join("; ")}`;
}
