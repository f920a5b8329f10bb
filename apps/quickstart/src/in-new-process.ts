import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** What `evaluate.ts` measures of a model file on the first test digits, in a process of its own. */
export async function evaluateInNewProcess(file: string, count: number): Promise<Record<string, number>> {
  const script = fileURLToPath(new URL("evaluate.ts", import.meta.url));
  const args = ["--conditions=@lamella/source", script, file, String(count)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Record<string, number>;
}
