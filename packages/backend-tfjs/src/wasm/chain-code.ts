import { Code, type Local, vectorSize } from "./assembler.ts";
import { exponential, hyperbolicTangent, sigmoid } from "./exponential-code.ts";

/** Four elements, or one, at a time. */
type Lanes = 4 | 1;

/** Functions of elements whose operands lie on the stack: floats, or conditions whose bits are all set or none. */
const operations = {
  Neg: (code) => code.do("f32x4.neg"),
  Abs: (code) => code.do("f32x4.abs"),
  Floor: (code) => code.do("f32x4.floor"),
  Sqrt: (code) => code.do("f32x4.sqrt"),
  Exp: exponential,
  Tanh: hyperbolicTangent,
  Sigmoid: sigmoid,
  Relu: (code) => code.floats(0).do("f32x4.max"),
  Add: (code) => code.do("f32x4.add"),
  Sub: (code) => code.do("f32x4.sub"),
  Mul: (code) => code.do("f32x4.mul"),
  Div: (code) => code.do("f32x4.div"),
  Max: (code) => code.do("f32x4.max"),
  Min: (code) => code.do("f32x4.min"),
  Equal: (code) => code.do("f32x4.eq"),
  Greater: (code) => code.do("f32x4.gt"),
  GreaterOrEqual: (code) => code.do("f32x4.ge"),
  Less: (code) => code.do("f32x4.lt"),
  LessOrEqual: (code) => code.do("f32x4.le"),
  Not: (code) => code.do("v128.not"),
  And: (code) => code.do("v128.and"),
  Or: (code) => code.do("v128.or"),
  /** Of the two before the condition. */
  Where: (code) => code.do("v128.bitselect"),
} as const satisfies Readonly<Record<string, (code: Code) => Code>>;

export type ChainOperation = keyof typeof operations;

export function isChainOperation(name: string): name is ChainOperation {
  return Object.hasOwn(operations, name);
}

/** What a side of a broadcast has: an element for every one of the result, one for every column of its rows, or one. */
export type Side = "each" | "row" | "one";

/** Functions of elements, one after another, in one pass. Values are numbered: inputs, then steps. */
export interface Chain {
  readonly inputs: readonly { readonly side: Side; readonly isBool: boolean }[];
  readonly steps: readonly { readonly operation: ChainOperation; readonly operands: readonly number[] }[];
  readonly outputs: readonly { readonly value: number; readonly isBool: boolean }[];
}

function load(code: Code, from: Local, isBool: boolean, lanes: Lanes | "one"): void {
  code.get(from);
  if (!isBool) code.at(lanes === 4 ? "v128.load" : "v128.load32_splat");
  else {
    code.at(lanes === 4 ? "v128.load32_zero" : "v128.load8_splat");
    code.do("i16x8.extend_low_i8x16_s").do("i32x4.extend_low_i16x8_s").do("i32x4.neg");
  }
}

function store(code: Code, value: Local, to: Local, isBool: boolean, lanes: Lanes): void {
  code.get(to, value);
  if (isBool) {
    code.floats(0).do("i16x8.narrow_i32x4_s").floats(0).do("i8x16.narrow_i16x8_s").do("i8x16.neg");
    code.atFirstLane(lanes === 4 ? "v128.store32_lane" : "v128.store8_lane");
  } else if (lanes === 4) code.at("v128.store");
  else code.atFirstLane("v128.store32_lane");
}

/**
 * A chain over rows of elements. Parameters: the inputs, the outputs, the number of rows, and the elements of a row. Every
 * step rounds as it would alone.
 */
export function chainCode({ inputs, steps, outputs }: Chain): Code {
  const code = new Code(inputs.length + outputs.length + 2);
  const addresses = code.parameters;
  const [rows, width] = addresses.slice(-2) as [Local, Local];
  const values = [...inputs, ...steps].map(() => code.local("v128"));
  const [row, at, wide] = [code.local(), code.local(), code.local()];
  const moving = inputs.flatMap(({ side, isBool }, i) => {
    if (side === "one") return [];
    return [{ value: values[i]!, place: side === "row" ? code.local() : addresses[i]!, start: addresses[i]!, isBool }];
  });
  const results = outputs.map(({ value, isBool }, i) => {
    return { value: values[value]!, place: addresses[inputs.length + i]!, isBool };
  });
  const pass = (lanes: Lanes) => {
    for (const { value, place, isBool } of moving) {
      load(code, place, isBool, lanes);
      code.set(value);
    }
    for (const [i, { operation, operands }] of steps.entries()) {
      code.get(...operands.map((operand) => values[operand]!));
      operations[operation](code);
      code.set(values[inputs.length + i]!);
    }
    for (const { value, place, isBool } of results) store(code, value, place, isBool, lanes);
    for (const { place, isBool } of [...moving, ...results])
      code.advance(place, isBool ? lanes : (lanes * vectorSize) / 4);
    code.advance(at, lanes);
  };
  for (const [i, { side, isBool }] of inputs.entries()) {
    if (side !== "one") continue;
    load(code, addresses[i]!, isBool, "one");
    code.set(values[i]!);
  }
  code.get(width).constant(-4).do("i32.and").set(wide);
  code.whileBelow(row, rows, () => {
    for (const { place, start } of moving) if (place !== start) code.get(start).set(place);
    code.constant(0).set(at);
    code.whileBelow(at, wide, () => pass(4));
    code.whileBelow(at, width, () => pass(1));
    code.advance(row, 1);
  });
  return code;
}
