import { assemble, type Code } from "./assembler.ts";
import { type Chain, chainCode } from "./chain-code.ts";
import { columnsCode, packCode, packTurnedCode, rowsCode, tileRows } from "./product-code.ts";
import { maximumCode, sumCode } from "./vector-code.ts";
import { type WasmMemory, webAssembly } from "./web-assembly.ts";
import { type TileChange, tileChanges, tileCode } from "./winograd-code.ts";

export type WasmFunction = (...args: readonly number[]) => void;

/** Functions in the memory of WebAssembly; product-code.ts, vector-code.ts and winograd-code.ts say what they take. */
export interface Functions {
  /** By the vectors of a panel, then the rows of a tile, from one on. */
  readonly rows: readonly (readonly WasmFunction[])[];
  readonly columns: readonly (readonly WasmFunction[])[];
  readonly pack: readonly WasmFunction[];
  readonly packTurned: readonly WasmFunction[];
  readonly tile: Readonly<Record<TileChange, WasmFunction>>;
  readonly sum: WasmFunction;
  readonly maximum: WasmFunction;
}

const counts = Array.from({ length: tileRows }, (_, i) => i + 1);
const widths = [1, 2];

function record<K extends string, T>(keys: readonly K[], make: (key: K) => T): Readonly<Record<K, T>> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<K, T>;
}

/** All functions, each made of its code by `define`; products in one instruction with their additions, or not. */
function allOf(isFused: boolean, define: (code: () => Code) => WasmFunction): Functions {
  return {
    rows: widths.map((vectors) => counts.map((rows) => define(() => rowsCode(rows, vectors, isFused)))),
    columns: widths.map((vectors) => counts.map((rows) => define(() => columnsCode(rows, vectors, isFused)))),
    pack: widths.map((vectors) => define(() => packCode(vectors))),
    packTurned: widths.map((vectors) => define(() => packTurnedCode(vectors))),
    tile: record(Object.keys(tileChanges) as TileChange[], (change) => define(() => tileCode(change))),
    sum: define(sumCode),
    maximum: define(maximumCode),
  };
}

/** Whether WebAssembly knows what a code needs. */
const knows = (code: Code) => webAssembly.validate(assemble([code]));

/**
 * Functions on this memory; undefined where WebAssembly has no vectors. Their products are fused with additions where it
 * has relaxed vectors, too (Node 22).
 */
export async function loadFunctions(
  memory: WasmMemory,
  isFused = knows(rowsCode(1, 1, true)),
): Promise<Functions | undefined> {
  if (!knows(rowsCode(1, 1, isFused))) return undefined;
  const codes: Code[] = [];
  allOf(isFused, (code) => {
    codes.push(code());
    return () => {};
  });
  const { instance } = await webAssembly.instantiate(assemble(codes), { host: { memory } });
  let defined = 0;
  return allOf(isFused, () => instance.exports[String(defined++)] as WasmFunction);
}

/** Functions of chains that are kept. */
const keptChains = 1000;

/** Makes functions of chains (chain-code.ts says what they take), each once. */
export function chainsOn(memory: WasmMemory): (chain: Chain) => WasmFunction {
  const known = new Map<string, WasmFunction>();
  return (chain) => {
    const key = JSON.stringify(chain);
    let made = known.get(key);
    if (made === undefined) {
      const module = new webAssembly.Module(assemble([chainCode(chain)]));
      made = new webAssembly.Instance(module, { host: { memory } }).exports["0"] as WasmFunction;
      if (known.size === keptChains) known.clear();
      known.set(key, made);
    }
    return made;
  };
}
