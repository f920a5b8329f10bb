/** Keras's spelling of an option or a word: `useBias` to `use_bias`, `sparseYPred` to `sparse_y_pred`; `beta1` and `ROC` stay. */
export function kerasSpelling(name: string): string {
  if (!/[a-z]/.test(name)) return name;
  return name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "_").toLowerCase();
}

/** Ours: `use_bias` to `useBias`, `beta_1` to `beta1`. */
export function ourSpelling(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** What all spellings of a name have in common. */
export function plainName(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}
