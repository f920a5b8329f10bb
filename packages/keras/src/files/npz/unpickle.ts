import { LamellaError } from "@lamella/ir";

import type { ByteSource } from "../byte-source.ts";
import { damaged, PickleMachine } from "./pickle-machine.ts";
import { PickleReader } from "./pickle-reader.ts";
import type { PickleValue } from "./pickle-values.ts";

type Operation = (machine: PickleMachine, reader: PickleReader) => void;

/** The operations that Python's pickler uses for data (pickletools.opcodes), by their codes. */
const operations: Readonly<Record<string, Operation>> = {
  "\x80": (_, reader) => checkProtocol(reader.u8()),
  "\x95": (_, reader) => void reader.u64(), // FRAME
  N: (machine) => machine.push(null),
  "\x88": (machine) => machine.push(true),
  "\x89": (machine) => machine.push(false),
  K: (machine, reader) => machine.push(reader.u8()),
  M: (machine, reader) => machine.push(reader.u16()),
  J: (machine, reader) => machine.push(reader.i32()),
  "\x8a": (machine, reader) => machine.push(wholeOf(reader.u8(), reader)),
  G: (machine, reader) => machine.push(reader.f64()),
  "\x8c": (machine, reader) => machine.push(reader.text(reader.u8())),
  X: (machine, reader) => machine.push(reader.text(reader.u32())),
  "\x8d": (machine, reader) => machine.push(reader.text(reader.u64())),
  C: (machine, reader) => machine.push(reader.skip(reader.u8())),
  B: (machine, reader) => machine.push(reader.skip(reader.u32())),
  "\x8e": (machine, reader) => machine.push(reader.skip(reader.u64())),
  "(": (machine) => machine.mark(),
  "0": (machine) => void machine.pop(),
  "1": (machine) => void machine.popMark(),
  ")": (machine) => machine.tuple(0),
  "\x85": (machine) => machine.tuple(1),
  "\x86": (machine) => machine.tuple(2),
  "\x87": (machine) => machine.tuple(3),
  t: (machine) => machine.push({ kind: "tuple", items: machine.popMark() }),
  "]": (machine) => machine.push({ kind: "list", items: [] }),
  a: (machine) => addItem(machine),
  e: (machine) => machine.addItems("list", machine.popMark()),
  "}": (machine) => machine.push({ kind: "dict" }),
  s: (machine) => addEntry(machine),
  u: (machine) => machine.addEntries(machine.popMark()),
  "\x8f": (machine) => machine.push({ kind: "set", items: [] }),
  "\x90": (machine) => machine.addItems("set", machine.popMark()),
  q: (machine, reader) => machine.remember(reader.u8()),
  r: (machine, reader) => machine.remember(reader.u32()),
  "\x94": (machine) => machine.remember(),
  h: (machine, reader) => machine.recall(reader.u8()),
  j: (machine, reader) => machine.recall(reader.u32()),
  c: (machine, reader) => machine.name(reader.line(), reader.line()),
  "\x93": (machine) => nameOnStack(machine),
  R: (machine) => machine.call(),
  "\x81": (machine) => machine.call(), // NEWOBJ
  b: (machine) => machine.build(),
};

const stop = 0x2e;

function addItem(machine: PickleMachine): void {
  const item = machine.pop();
  machine.addItems("list", [item]);
}

function addEntry(machine: PickleMachine): void {
  const value = machine.pop();
  const key = machine.pop();
  machine.addEntries([key, value]);
}

function nameOnStack(machine: PickleMachine): void {
  const name = machine.pop();
  const module = machine.pop();
  machine.name(module, name);
}

function wholeOf(length: number, reader: PickleReader): number {
  const value = length > 8 ? undefined : Number(reader.long(length));
  if (Number.isSafeInteger(value)) return value!;
  throw damaged("A number is too large for any size.", "at most 2^53", `${value ?? `${length} bytes`}`);
}

/** NumPy writes 3 and 4. */
function checkProtocol(version: number): void {
  if (version < 2 || version > 5) throw damaged("Its protocol is not known.", "2 to 5", `${version}`);
}

/** Operations that only code, or what lies outside the file, needs. */
const refused: Readonly<Record<string, string>> = {
  i: "INST",
  o: "OBJ",
  P: "PERSID",
  Q: "BINPERSID",
  "\x82": "EXT1",
  "\x83": "EXT2",
  "\x84": "EXT4",
  "\x92": "NEWOBJ_EX",
  "\x97": "NEXT_BUFFER",
};

function unknownOperation(code: number): LamellaError {
  const name = refused[String.fromCodePoint(code)];
  if (name === undefined) {
    return damaged("It asks for an operation that arrays do not need.", "those of Python's pickler", hex(code));
  }
  return new LamellaError("unsupported", {
    problem: `The weights ask for an operation that arrays do not need: ${name}; it was not run.`,
    expected: "arrays of NumPy, or variables of Keras",
    received: hex(code),
  });
}

function hex(code: number): string {
  return `0x${code.toString(16).padStart(2, "0")}`;
}

/** How many operations a file may ask for in all: a variable of Keras takes about 150. */
const mostOperations = 2 ** 21;

/** What is left of the operations that all pickles of a file may ask for. */
export class PickleBudget {
  private left = mostOperations;

  spend(): void {
    this.left -= 1;
    if (this.left < 0) throw damaged("It has no end.", `at most ${mostOperations} operations`, "more");
  }
}

/**
 * Reads a pickle as plain data. Nothing is looked up, called or run: a call becomes a note of it.
 *
 * @throws LamellaError `format` for a damaged pickle, `unsupported` for names and operations that arrays do not need
 */
export function unpickle(source: ByteSource, at: number, budget: PickleBudget): PickleValue {
  const reader = new PickleReader(source, at);
  const machine = new PickleMachine();
  for (let code = reader.u8(); code !== stop; code = reader.u8()) {
    budget.spend();
    const operation = operations[String.fromCodePoint(code)];
    if (operation === undefined) throw unknownOperation(code);
    operation(machine, reader);
  }
  return machine.result();
}
