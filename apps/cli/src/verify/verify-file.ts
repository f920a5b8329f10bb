import { LamellaError, lower, type PrimitiveGraph, verifyGraph, verifyPrimitives } from "@lamella/ir";

import { exitCodes } from "../exit-codes.ts";
import { modelOf, type OpenedFile, readFileOf } from "../files/read-file.ts";
import { printResult } from "../output.ts";
import { paint } from "../paint.ts";
import { checkDeclared } from "./check-declared.ts";
import { checkWeights, valueFinding } from "./check-weights.ts";
import { type Finding, findingOf } from "./finding.ts";

interface Verdict {
  /** The checks that were made; those after one that failed may not have been possible. */
  readonly checks: string[];
  readonly findings: Finding[];
}

/** Checks a file and prints what is wrong and where. Exit code 3 where something is. */
export async function verifyFile(path: string, options: { readonly json?: boolean }): Promise<void> {
  const verdict = await verdictOn(path);
  const { checks, findings } = verdict;
  const valid = findings.every(({ level }) => level === "warning");
  if (!valid) process.exitCode = exitCodes.badFile;
  await printResult(options, { file: path, valid, checks, findings }, () => {
    const lines = findings.map(({ level, check, where, problem }) => {
      const label = level === "error" ? paint.bad(`error (${check})`) : `warning (${check})`;
      return `${label}: ${where === undefined ? "" : `${where}: `}${problem}`;
    });
    const result = valid ? paint.good(`${path} is valid`) : paint.bad(`${path} is not valid`);
    return [...lines, `${result}; checked: ${checks.join(", ")}`].join("\n");
  });
}

/** Runs a check. Gives what it gives, or undefined where it found an error that ends it. */
async function attempt<T>(verdict: Verdict, check: string, work: () => T | Promise<T>): Promise<T | undefined> {
  verdict.checks.push(check);
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LamellaError)) throw error;
    verdict.findings.push(findingOf(check, error));
    return undefined;
  }
}

async function verdictOn(path: string): Promise<Verdict> {
  const verdict: Verdict = { checks: [], findings: [] };
  const opened = await attempt(verdict, "file", () => readFileOf(path));
  if (opened?.kind === "graph") await checkGraph(verdict, opened.graph);
  else if (opened !== undefined) await checkLayers(verdict, opened);
  return verdict;
}

async function checkGraph(verdict: Verdict, graph: PrimitiveGraph): Promise<void> {
  await attempt(verdict, "graph", () => verifyPrimitives(graph));
  verdict.checks.push("weights");
  for (const { name, op } of graph.nodes) {
    const found = op.type === "Constant" ? valueFinding(name, op.attributes.value) : undefined;
    if (found !== undefined) verdict.findings.push(found);
  }
}

async function checkLayers(verdict: Verdict, opened: OpenedFile & { readonly kind: "layers" }): Promise<void> {
  const model = await attempt(verdict, "layers", () => modelOf(opened, "initialize"));
  if (model === undefined) return;
  const { saved } = opened;
  await attempt(verdict, "graph", () => verifyGraph(model.graph));
  await attempt(verdict, "shapes", () => void verdict.findings.push(...checkDeclared(model, saved)));
  await attempt(verdict, "weights", () => void verdict.findings.push(...checkWeights(model, saved)));
  await attempt(verdict, "computation", () => verifyPrimitives(lower(model).graph));
  if (saved.training === undefined || verdict.findings.some(({ level }) => level === "error")) return;
  await attempt(verdict, "training", async () => {
    const { loadModel } = await import("lamella");
    await (await loadModel(saved)).dispose();
  });
}
