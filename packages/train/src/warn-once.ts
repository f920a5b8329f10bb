const warned = new WeakMap<object, Set<string>>();

/** Prints a warning on the console, once for each subject. */
export function warnOnce(subject: object, text: string): void {
  const texts = warned.get(subject) ?? new Set();
  warned.set(subject, texts);
  if (texts.has(text)) return;
  texts.add(text);
  console.warn(`lamella: ${text}`);
}
