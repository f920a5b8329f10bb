import { expect, test } from "vitest";

import { resNet50, transformerEncoder, uNet } from "../src/index.ts";

test("says what is wrong with a size", () => {
  expect(() => resNet50({ inputShape: [224, 224] })).toThrow(/conv1_pad.*Expected: rank 4.*\(None, 224, 224\)/);
  expect(() => resNet50({ classes: 0 })).toThrow(/predictions, option 'units'.*Received: 0/);
  expect(() => uNet({ inputShape: [30, 32, 1] })).toThrow(/up4_concat.*'down4_conv2' \(None, 3, 4, 512\)/);
  expect(() => transformerEncoder({ width: 10 })).toThrow(/block1_attention, option 'keyDim'.*Received: 2.5/);
});
