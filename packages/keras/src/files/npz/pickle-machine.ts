import { LamellaError } from "@lamella/ir";

import { checkName } from "./known-names.ts";
import { isKind, type Made, type PickleItems, type PickleName, type PickleValue } from "./pickle-values.ts";

/** The stack that a pickle builds its values on. Everything that does not fit is a LamellaError. */
export class PickleMachine {
  private readonly stack: PickleValue[] = [];
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PickleValue>();

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  pop(): PickleValue {
    const top = this.top();
    this.stack.pop();
    return top;
  }

  private top(): PickleValue {
    if (this.stack.length > (this.marks.at(-1) ?? 0)) return this.stack.at(-1)!;
    throw damaged("It takes more values than there are.");
  }

  /** The only value that is left. */
  result(): PickleValue {
    if (this.stack.length === 1 && this.marks.length === 0) return this.stack[0]!;
    throw damaged("It ends with values left over.", "1", `${this.stack.length}`);
  }

  mark(): void {
    this.marks.push(this.stack.length);
  }

  /** The values above the last mark, which goes with them. */
  popMark(): PickleValue[] {
    const mark = this.marks.pop();
    if (mark === undefined) throw damaged("It takes values up to a mark that is not there.");
    return this.stack.splice(mark);
  }

  remember(key = this.memo.size): void {
    this.memo.set(key, this.top());
  }

  recall(key: number): void {
    const value = this.memo.get(key);
    if (value === undefined) throw damaged("It refers to a value that is not there.", "one that was kept", `${key}`);
    this.push(value);
  }

  tuple(count: number): void {
    const items = Array.from({ length: count }, () => this.pop()).toReversed();
    this.push({ kind: "tuple", items });
  }

  addItems(kind: PickleItems["kind"], items: readonly PickleValue[]): void {
    const target = this.top();
    if (!isKind(target, kind)) throw damaged(`It adds items to what is no ${kind}.`);
    for (const item of items) target.items.push(item);
  }

  addEntries(entries: readonly PickleValue[]): void {
    const target = this.top();
    if (!isKind(target, "dict")) throw damaged("It adds entries to what is no dict.");
    if (entries.length % 2 !== 0) throw damaged("An entry of a dict has no value.");
    for (let i = 0; i < entries.length; i += 2) {
      const key = entries[i]!;
      if (typeof key !== "string") throw damaged("A key of a dict is no text.");
      target.entries ??= new Map();
      target.entries.set(key, entries[i + 1]!);
    }
  }

  /** @throws LamellaError `unsupported` for names that arrays do not need */
  name(module: PickleValue, name: PickleValue): void {
    if (typeof module !== "string" || typeof name !== "string") throw damaged("A name is no text.");
    checkName(`${module}.${name}`);
    this.push({ kind: "name", name: `${module}.${name}` });
  }

  call(): void {
    const args = this.pop();
    const by = this.pop();
    if (!isKind(args, "tuple") || !isCallee(by)) throw damaged("It calls what cannot be called.");
    this.push({ kind: "made", by, args: args.items });
  }

  build(): void {
    const state = this.pop();
    const target = this.top();
    if (!isKind(target, "made") || target.state !== undefined) {
      throw damaged("It gives a state to what has none, or one already.");
    }
    target.state = state;
  }
}

function isCallee(value: PickleValue): value is PickleName | Made {
  return isKind(value, "name") || isKind(value, "made");
}

export function damaged(problem: string, expected?: string, received?: string): LamellaError {
  return new LamellaError("format", { problem: `The pickle is damaged. ${problem}`, expected, received });
}
