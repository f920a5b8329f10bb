import { einsum, type Tensor } from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { apply, at, counting, formula, indicesOf, of } from "./evaluate.ts";

/** By definition: the sum over every index, where an axis of size 1 gives its one element to all. */
function expected(inputs: readonly string[], output: string, operands: readonly Tensor[]) {
  const sizes = new Map<string, number>();
  for (const [i, labels] of inputs.entries()) {
    for (const [axis, label] of Array.from(labels).entries()) {
      sizes.set(label, Math.max(sizes.get(label) ?? 1, operands[i]!.shape[axis]!));
    }
  }
  const summed = [...sizes.keys()].filter((label) => !output.includes(label));
  const shape = Array.from(output, (label) => sizes.get(label)!);
  const rest = indicesOf(summed.map((label) => sizes.get(label)!));
  const values = formula(shape, (outer) =>
    rest.reduce((sum, inner) => {
      const place = (label: string) =>
        output.includes(label) ? outer[output.indexOf(label)]! : inner[summed.indexOf(label)]!;
      const factors = operands.map((operand, i) =>
        at(
          operand,
          Array.from(inputs[i]!).map((label, axis) => (operand.shape[axis] === 1 ? 0 : place(label))),
        )!,
      );
      return sum + factors.reduce((a, b) => a * b, 1);
    }, 0),
  );
  return { shape, values };
}

/** The equation, the same with letters for '...', and the sizes of the operands as digits. */
const cases: readonly (readonly [string, string, string])[] = [
  ["ab,bc->ac", "ab,bc->ac", "23,34"],
  ["ab,bc->ca", "ab,bc->ca", "23,34"],
  ["abc,cd->abd", "abc,cd->abd", "234,45"],
  ["abc,cde->abde", "abc,cde->abde", "234,452"],
  ["abcd,cde->abe", "abcd,cde->abe", "2342,423"],
  ["aecd,abcd->acbe", "aecd,abcd->acbe", "2342,2542"],
  ["acbe,aecd->abcd", "acbe,aecd->abcd", "2342,2235"],
  ["ab,ab->a", "ab,ab->a", "23,23"],
  ["ab,ab->", "ab,ab->", "23,23"],
  ["a,b->ba", "a,b->ba", "2,3"],
  ["a,b", "a,b->ab", "2,3"],
  ["ba", "ba->ab", "23"],
  ["abc->b", "abc->b", "234"],
  ["ab,cd->a", "ab,cd->a", "23,42"],
  ["ab,abc->cb", "ab,abc->cb", "23,234"],
  ["aab->ab", "aab->ab", "332"],
  ["aba,bb->ab", "aba,bb->ab", "232,33"],
  ["ii", "ii->", "44"],
  ["ab,bc,cd->ad", "ab,bc,cd->ad", "23,34,42"],
  ["ab,ac,ad->bcd", "ab,ac,ad->bcd", "23,22,24"],
  ["...a,ab->...b", "xya,ab->xyb", "234,45"],
  ["...a,ab->...b", "a,ab->b", "4,45"],
  ["ab...,bc->ac...", "abxy,bc->acxy", "2342,35"],
  ["a...b,...bc->...ac", "axyb,ybc->xyac", "2342,425"],
  ["...ab, ...bc", "xab,xbc->xac", "123,432"],
  ["ab,bc->ac", "ab,bc->ac", "21,34"],
  ["ab,ab->ab", "ab,ab->ab", "21,13"],
  ["ab,b->a", "ab,b->a", "21,1"],
];

const shapesOf = (text: string) => text.split(",").map((digits) => Array.from(digits, Number));

describe("einsum", () => {
  test.each(cases)("%s as %s", async (equation, plain, shapes) => {
    const [left, output] = plain.split("->") as [string, string];
    const operands = shapesOf(shapes).map((shape) => counting(shape));
    const { shape, values } = expected(left.split(","), output, operands);
    const result = await apply((...tensors) => einsum(equation, tensors), ...operands);
    expect(result.shape).toEqual(shape);
    expect(result.toNumbers()).toEqual(values);
  });

  test("operands of two dtypes meet in the wider one", async () => {
    const result = await apply((a, b) => einsum("a,a->", [a, b]), of("int32", [1, 2]), of("float32", [0.5, 0.25]));
    expect(result.dtype).toBe("float32");
    expect(result.toNumbers()).toEqual([1]);
  });

  test.each([
    ["ab,bc->ac", "23,45", /'b' has two sizes.*Received: 3 and 4/],
    ["aa->a", "23", /'a' has two sizes/],
    ["ab->ac", "23", /'c' stands twice in the result, or in no operand/],
    ["ab->aa", "23", /'a' stands twice/],
    ["ab->a->b", "23", /number of terms/],
    ["ab,b", "23", /number of terms/],
    ["abc->a", "23", /'abc' does not name the axes/],
    ["a->a", "23", /'a' does not name the axes/],
    ["a..b->a", "23", /does not name|is not a term/],
    ["...a...->a", "23", /is not a term/],
    ["a1->a", "23", /is not a term/],
  ] as const)("refuses %s", async (equation, shapes, message) => {
    const operands = shapesOf(shapes).map((shape) => counting(shape));
    await expect(async () => apply((...tensors) => einsum(equation, tensors), ...operands)).rejects.toThrow(message);
  });
});
