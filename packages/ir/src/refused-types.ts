/** Layer types of Keras that lamella does not have on purpose: what they are, and what to do instead. */
export const refusedTypes: ReadonlyMap<string, { readonly reason: string; readonly instead: string }> = new Map([
  [
    "Lambda",
    {
      reason: "It is code, and no code is taken from model files: it could do anything, and runs on no other backend.",
      instead:
        "Write what it computes with ops (such as ops.multiply(x, 2)), which are saved as data, or as a layer of your " +
        "own with defineLayer.",
    },
  ],
]);
