import { input, model, multiHeadAttention, type SymbolicTensor, type Tensor } from "lamella";
import { describe, expect, expectTypeOf, test } from "vitest";

import { expectError, numbers } from "./support.ts";

describe("multiHeadAttention", () => {
  test("gives the scores behind the result when a call asks for them", async () => {
    const query = input({ shape: [null, 4], name: "query" });
    const value = input({ shape: [null, 3], name: "value" });
    const layer = multiHeadAttention(2, 3, { name: "attention" });
    const alone = layer([query, value], { useCausalMask: true });
    const both = layer([query, value], { useCausalMask: true, returnAttentionScores: true });
    expectTypeOf(alone).toEqualTypeOf<SymbolicTensor<"attention">>();
    expectTypeOf(both).toEqualTypeOf<SymbolicTensor<"attention">[]>();
    expect(alone.shape).toEqual(["batch", "query_dim1", 4]);
    await using net = model({ inputs: [query, value], outputs: [alone, ...both] });
    const [plain, result, scores] = (await net.predict([numbers("q", 2, 3, 4), numbers("v", 2, 5, 3)])) as Tensor[];
    expect(result!.toNumbers()).toEqual(plain!.toNumbers());
    expect(scores!.shape).toEqual([2, 2, 3, 5]);
    const first = scores!.toNumbers().slice(0, 5);
    expect(first).toEqual([1, 0, 0, 0, 0]);
  });

  test("refuses inputs that do not fit", async () => {
    const x = input({ shape: [3, 4] });
    const wide = input({ shape: [2, 3, 4] });
    const layer = multiHeadAttention(2, 3);
    await expectError(() => layer([x, wide]), "shape", "query, value and key do not fit together");
    await expectError(() => layer([x, x, x, x]), "shape", "query and value, and perhaps key", "Received: 4");
    const mask = input({ shape: [2, 3, 3, 3], dtype: "bool" });
    await expectError(() => layer([x, x], { attentionMask: mask }), "shape", "attention mask does not fit", "rank 5");
  });
});
