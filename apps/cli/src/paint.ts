// `import` would load everything in node:util, which is most of it: twice the time that this file takes.
const { styleText } = process.getBuiltinModule("node:util");

type Style = Parameters<typeof styleText>[0];

const on = (stream: NodeJS.WriteStream) => (style: Style) => (text: string) => styleText(style, text, { stream });
const out = on(process.stdout);
const err = on(process.stderr);

/** Colours: on a terminal only, and not where NO_COLOR is set. */
export const paint = {
  title: out("bold"),
  good: out("green"),
  bad: out("red"),
  weak: out("dim"),
  error: err("red"),
  hint: err("cyan"),
  note: err("dim"),
} as const;
