import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { paint } from "./paint.ts";

interface Problem {
  readonly exitCode: number;
  /** A LamellaError's code, or that of a failed call of the operating system. */
  readonly code: string;
  readonly where?: string | undefined;
  readonly problem: string;
  readonly expected?: string | undefined;
  readonly received?: string | undefined;
  readonly hint?: string | undefined;
}

/** Tells stderr what went wrong and gives the exit code that says so. */
export async function reportError(error: unknown, json: boolean): Promise<number> {
  const problem = await describe(error);
  process.stderr.write(json ? `${JSON.stringify({ error: problem }, null, 2)}\n` : errorText(problem));
  return problem.exitCode;
}

async function describe(error: unknown): Promise<Problem> {
  const { LamellaError } = await import("@lamella/ir");
  if (error instanceof LamellaError) {
    const { code, where, problem, expected, received, hint, cause } = error;
    // A file that cannot be opened is "unavailable", too.
    const exitCode = isSystemError(cause) ? exitCodes.badFile : exitCodeOf(code);
    return { exitCode, code, where, problem, expected, received, hint };
  }
  if (isSystemError(error)) {
    return { exitCode: exitCodes.badFile, code: error.code, where: error.path, problem: `${error.message}.` };
  }
  const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const hint = "This is a fault of lamella: please report it with the command and, if you can, the file.";
  return { exitCode: exitCodes.internal, code: "internal", problem, hint };
}

/** Whether a call of the operating system on a file failed. */
function isSystemError(error: unknown): error is Error & { readonly code: string; readonly path?: string } {
  return error instanceof Error && "code" in error && "syscall" in error && typeof error.code === "string";
}

function errorText({ where, problem, expected, received, hint }: Problem): string {
  const lines = [
    `${paint.error("error:")} ${where === undefined ? "" : `${where}: `}${problem}`,
    ...(expected === undefined ? [] : [`  expected: ${expected}`]),
    ...(received === undefined ? [] : [`  received: ${received}`]),
    ...(hint === undefined ? [] : [paint.hint(`  ${hint}`)]),
  ];
  return `${lines.join("\n")}\n`;
}
