import { addDim, type Dim, mulDim, sizeDim } from "./dim.ts";
import { promote } from "./dtype.ts";
import { LamellaError } from "./errors.ts";
import type { Tracer } from "./graph-builder.ts";
import { Cast, DimSize, Gather, MatMul, Mul, Range, ReduceSum, Reshape, Transpose } from "./operators.ts";

type Labels = readonly string[];

/** A tensor whose axes have names, no two of them the same. */
interface Labelled {
  readonly tensor: Tracer;
  readonly labels: Labels;
}

function invalid(equation: string, problem: string, received?: string): LamellaError {
  return new LamellaError("config", {
    problem: `'${equation}' is not an equation for these tensors: ${problem}.`,
    expected: "an equation such as 'ab,bc->ac' or '...a,ab->...b', with one term a tensor",
    received,
  });
}

/** The names of the axes of one term; '...' stands for as many as the others leave over, counted from the last. */
function termLabels(term: string, elided: number): string[] {
  const [before, after] = term.split("...") as [string, string?];
  if (after === undefined) return Array.from(before);
  return [...Array.from(before), ...Array.from({ length: elided }, (_, i) => `.${elided - i}`), ...Array.from(after)];
}

/** The names of the axes of every operand and of the result. */
function parse(equation: string, ranks: readonly number[]): { readonly inputs: Labels[]; readonly output: Labels } {
  const [left, right, ...more] = equation.replaceAll(/\s/g, "").split("->");
  const terms = left!.split(",");
  if (more.length > 0 || terms.length !== ranks.length) {
    throw invalid(equation, "the number of terms does not fit", `${ranks.length} tensors`);
  }
  for (const term of [...terms, right ?? ""]) {
    if (!/^[a-zA-Z]*(\.\.\.[a-zA-Z]*)?$/.test(term)) throw invalid(equation, `'${term}' is not a term`);
  }
  const elided = terms.map((term, i) => {
    const own = ranks[i]! - term.replace("...", "").length;
    if (own < 0 || (own > 0 && !term.includes("..."))) {
      throw invalid(equation, `'${term}' does not name the axes of its tensor`, `a tensor of rank ${ranks[i]}`);
    }
    return own;
  });
  const inputs = terms.map((term, i) => termLabels(term, elided[i]!));
  const named = new Set(inputs.flat());
  const widest = Math.max(...elided);
  if (right === undefined) {
    const letters = Array.from(terms.join("").replaceAll("...", ""));
    const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
    return { inputs, output: [...termLabels("...", widest), ...once.toSorted()] };
  }
  const output = termLabels(right, widest);
  const stray = output.find((label, i) => !named.has(label) || output.indexOf(label) !== i);
  if (stray === undefined) return { inputs, output };
  throw invalid(equation, `'${stray}' stands twice in the result, or in no operand`);
}

/** The elements at which two axes of one name agree, for every name that stands twice. */
function diagonals({ tensor, labels }: Labelled, equation: string): Labelled {
  const second = labels.findIndex((label, i) => labels.indexOf(label) < i);
  if (second < 0) return { tensor, labels };
  const first = labels.indexOf(labels[second]!);
  const rest = labels.map((_, i) => i).filter((i) => i !== first && i !== second);
  const size = tensor.shape[first]!;
  if (size !== tensor.shape[second]) {
    throw invalid(equation, `'${labels[second]}' has two sizes`, `${size} and ${tensor.shape[second]}`);
  }
  const shape = rest.map((i) => tensor.shape[i]!);
  const flat = Reshape(Transpose(tensor, [first, second, ...rest]), [mulDim(size, size), ...shape]);
  const places = Mul(Range(tensor.builder, size), DimSize(tensor.builder, addDim(size, 1)));
  const taken = { tensor: Gather(flat, places), labels: [labels[first]!, ...rest.map((i) => labels[i]!)] };
  return diagonals(taken, equation);
}

/** Leaves out the axes of size 1 that other operands stretch. */
function withoutStretched(operands: readonly Labelled[], equation: string): Labelled[] {
  const sizes = new Map<string, Dim>();
  for (const { tensor, labels } of operands) {
    for (const [i, label] of labels.entries()) {
      const size = tensor.shape[i]!;
      const known = sizes.get(label) ?? 1;
      if (size !== known && size !== 1 && known !== 1 && typeof size === "number" && typeof known === "number") {
        throw invalid(equation, `'${label}' has two sizes`, `${known} and ${size}`);
      }
      if (known === 1 || (typeof known === "string" && typeof size === "number" && size !== 1)) sizes.set(label, size);
    }
  }
  return operands.map(({ tensor, labels }) => {
    const kept = labels.flatMap((label, i) => (tensor.shape[i] === 1 && sizes.get(label) !== 1 ? [] : [i]));
    const shape = kept.map((i) => tensor.shape[i]!);
    return { tensor: Reshape(tensor, shape), labels: kept.map((i) => labels[i]!) };
  });
}

/** Sums over the axes that nobody asks for any more. */
function sumOut({ tensor, labels }: Labelled, needed: ReadonlySet<string>): Labelled {
  const axes = labels.flatMap((label, i) => (needed.has(label) ? [] : [i]));
  return { tensor: ReduceSum(tensor, { axes }), labels: labels.filter((label) => needed.has(label)) };
}

/** The axes in the order of `wanted`. */
function arrange({ tensor, labels }: Labelled, wanted: Labels): Tracer {
  return Transpose(
    tensor,
    wanted.map((label) => labels.indexOf(label)),
  );
}

/** Element by element, stretched over the axes that only one of the two has. */
function product(a: Labelled, b: Labelled, wanted: Labels): Tracer {
  const stretched = (operand: Labelled) => {
    const own = wanted.filter((label) => operand.labels.includes(label));
    const { shape } = arrange(operand, own);
    return Reshape(
      arrange(operand, own),
      wanted.map((label) => shape[own.indexOf(label)] ?? 1),
    );
  };
  return Mul(stretched(a), stretched(b));
}

/** The sum of products over `summed`, as one MatMul with the axes that both keep in front. */
function contract(a: Labelled, b: Labelled, batch: Labels, summed: Labels): Labelled {
  const free = (operand: Labelled) =>
    operand.labels.filter((label) => !batch.includes(label) && !summed.includes(label));
  const sizes = ({ tensor, labels }: Labelled, wanted: Labels) =>
    wanted.map((label) => tensor.shape[labels.indexOf(label)]!);
  const [rows, columns] = [free(a), free(b)];
  const open = batch.length === 0 && rows.length > 0;
  const left = Reshape(arrange(a, [...batch, ...rows, ...summed]), [
    ...sizes(a, batch),
    ...(open ? sizes(a, rows) : [sizeDim(sizes(a, rows))]),
    sizeDim(sizes(a, summed)),
  ]);
  const right = Reshape(arrange(b, [...batch, ...summed, ...columns]), [
    ...sizes(b, batch),
    sizeDim(sizes(b, summed)),
    sizeDim(sizes(b, columns)),
  ]);
  const shape = [...sizes(a, batch), ...sizes(a, rows), ...sizes(b, columns)];
  return { tensor: Reshape(MatMul(left, right), shape), labels: [...batch, ...rows, ...columns] };
}

/** The product of two operands, summed over what neither the result nor a later operand needs. */
function combine(first: Labelled, second: Labelled, later: ReadonlySet<string>, order: Labels): Labelled {
  const a = sumOut(first, new Set([...second.labels, ...later]));
  const b = sumOut(second, new Set([...first.labels, ...later]));
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const summed = shared.filter((label) => !later.has(label));
  const all = [...new Set([...a.labels, ...b.labels])].filter((label) => later.has(label));
  const wanted = [...order.filter((label) => all.includes(label)), ...all.filter((label) => !order.includes(label))];
  if (summed.length === 0) return { tensor: product(a, b, wanted), labels: wanted };
  const batch = wanted.filter((label) => shared.includes(label));
  const swapped = wanted.find((label) => !shared.includes(label));
  return swapped === undefined || a.labels.includes(swapped)
    ? contract(a, b, batch, summed)
    : contract(b, a, batch, summed);
}

/**
 * Products of tensors, summed over the axes that the result does not name. Operands are combined from left to right, in
 * the dtype Keras would compute in. (NumPy: einsum.)
 *
 * @throws LamellaError `config` when the equation does not fit the tensors
 */
export function einsum(equation: string, tensors: readonly Tracer[]): Tracer {
  const ranks = tensors.map(({ rank }) => rank);
  const { inputs, output } = parse(equation, ranks);
  const dtype = tensors.map((tensor) => tensor.dtype).reduce(promote);
  const distinct = tensors.map((tensor, i) => diagonals({ tensor: Cast(tensor, dtype), labels: inputs[i]! }, equation));
  const operands = withoutStretched(distinct, equation);
  const result = operands.reduce((combined, operand, i) => {
    const later = new Set([...output, ...operands.slice(i + 1).flatMap(({ labels }) => labels)]);
    return combine(combined, operand, later, output);
  });
  return arrange(sumOut(result, new Set(output)), output);
}
