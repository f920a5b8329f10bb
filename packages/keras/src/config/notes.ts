import { type ErrorCode, type ErrorParts, LamellaError } from "@lamella/ir";

/** What is worth telling about a conversion. */
export class Notes {
  /** What means the same in other words, a sentence each. */
  readonly converted: string[] = [];
  /** What was left out, a sentence each. */
  readonly ignored: string[] = [];
  private readonly strict: boolean;

  constructor(strict: boolean) {
    this.strict = strict;
  }

  convert(where: string, what: string): void {
    add(this.converted, `${where}: ${what}`);
  }

  /** Notes what is left out without changing what the model computes. */
  ignore(where: string, what: string): void {
    add(this.ignored, `${where}: ${what}`);
  }

  /** Leaves something out that matters. @throws LamellaError when strict */
  lose(code: ErrorCode, parts: ErrorParts): void {
    const hint = parts.hint ?? "To go on without it, pass { strict: false }.";
    const error = new LamellaError(code, { ...parts, hint });
    if (this.strict) throw error;
    add(this.ignored, new LamellaError(code, { ...parts, hint: undefined }).message);
  }
}

function add(list: string[], line: string): void {
  if (!list.includes(line)) list.push(line);
}
