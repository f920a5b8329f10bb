/** What went wrong, as a program can test it. Every error lamella throws on purpose is a `LamellaError` with one of these. */
export type ErrorCode =
  | "shape" // shapes that do not fit together
  | "dtype" // a data type that an operation does not take
  | "config" // an option with an unusable value
  | "name" // an unknown or duplicate name
  | "graph" // a graph that breaks an invariant
  | "data" // user data that does not fit the model
  | "not-finite" // NaN or infinity where training cannot go on
  | "format" // a file or buffer that is not what it should be
  | "version" // a file from a newer version
  | "unknown-layer" // a layer type missing from the registry
  | "unsupported" // something that is understood and cannot be done
  | "unavailable" // a backend or device that is not there
  | "state" // a call at the wrong time (not compiled, disposed, not built)
  | "aborted"; // stopped on request

/** The parts of an error message. Sentences end with a full stop; `expected` and `received` do not. */
export interface ErrorParts {
  /** The layer, node, file or option that the problem is in. */
  readonly where?: string | undefined;
  /** One sentence: what is wrong. */
  readonly problem: string;
  readonly expected?: string | undefined;
  readonly received?: string | undefined;
  /** One sentence: what to do about it. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** The error class of all lamella packages. */
export class LamellaError extends Error {
  override readonly name = "LamellaError";
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly problem: string;
  readonly expected: string | undefined;
  readonly received: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, parts: ErrorParts) {
    const text = [
      parts.where === undefined ? parts.problem : `${parts.where}: ${parts.problem}`,
      parts.expected === undefined ? "" : `Expected: ${parts.expected}.`,
      parts.received === undefined ? "" : `Received: ${parts.received}.`,
      parts.hint ?? "",
    ];
    super(text.filter((part) => part !== "").join(" "), parts.cause === undefined ? {} : { cause: parts.cause });
    this.code = code;
    this.where = parts.where;
    this.problem = parts.problem;
    this.expected = parts.expected;
    this.received = parts.received;
    this.hint = parts.hint;
  }

  /** The same error with the place it happened in, unless it already names one. */
  at(where: string): LamellaError {
    return this.where === undefined ? new LamellaError(this.code, { ...this.parts(), where }) : this;
  }

  private parts(): ErrorParts {
    const { where, problem, expected, received, hint, cause } = this;
    return { where, problem, expected, received, hint, cause };
  }
}

/** Runs `work` and names the place in any LamellaError that does not name one yet. */
export function locate<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof LamellaError ? error.at(where) : error;
  }
}

/** @throws LamellaError `config` for anything but a whole number of at least `min` */
export function checkWhole(what: string, value: number, min: number): void {
  if (Number.isSafeInteger(value) && value >= min) return;
  throw new LamellaError("config", {
    where: what,
    problem: "The value cannot be used.",
    expected: `a whole number of at least ${min}`,
    received: String(value),
  });
}

/** The first of many texts and how many more there are, for messages. */
export function firstOf(texts: readonly string[], most = 8): string {
  if (texts.length === 0) return "none";
  const rest = texts.length - most;
  return rest <= 0 ? texts.join(", ") : `${texts.slice(0, most).join(", ")} and ${rest} more`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** The known name nearest to `name`, or undefined when none is close. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const scored = known.map((candidate) => ({ candidate, score: editDistance(plain(name), plain(candidate)) }));
  scored.sort((a, b) => a.score - b.score);
  const best = scored[0];
  return best !== undefined && best.score <= Math.max(2, Math.floor(name.length / 3)) ? best.candidate : undefined;
}

/** The error for a name that is not among the known ones: lists them and suggests the nearest. */
export function unknownName(kind: string, name: string, known: readonly string[], where?: string): LamellaError {
  const nearest = nearestName(name, known);
  return new LamellaError("name", {
    where,
    problem: `Unknown ${kind} '${name}'.`,
    expected: known.length === 0 ? "none" : `one of ${known.join(", ")}`,
    hint: nearest === undefined ? undefined : `Did you mean '${nearest}'?`,
  });
}
