import { LamellaError } from "@lamella/ir";

/** An optimizer, a loss, a metric or a schedule as the command line writes it: its name and what it is told. */
export interface Spec {
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * `adam`, `adam:learningRate=0.001,beta1=0.8`, `sgd:learningRate=cosineDecay(initialLearningRate=0.1,decaySteps=100)`. Values are
 * numbers, true, false, null, lists in JSON, names with their own options in parentheses, or texts. Keras's snake case is taken too.
 *
 * @param where the option it was given for
 * @throws LamellaError `config` for what cannot be read; whether the names are known is not looked at
 */
export function parseSpec(text: string, where: string): Spec {
  const colon = text.indexOf(":");
  const type = (colon < 0 ? text : text.slice(0, colon)).trim();
  if (!/^\w+$/.test(type)) throw unreadable(text, where);
  return { type, config: colon < 0 ? {} : parseOptions(text.slice(colon + 1), where) };
}

/** Several of them: `accuracy,topKCategoricalAccuracy:k=3,name=top3,mse`. */
export function parseSpecs(text: string, where: string): Spec[] {
  const specs: string[] = [];
  for (const item of splitList(text, where)) {
    const goesOn = /^\s*\w+\s*=/.test(item) && specs.at(-1)?.includes(":") === true;
    if (goesOn) specs[specs.length - 1] += `,${item}`;
    else specs.push(item);
  }
  return specs.map((spec) => parseSpec(spec, where));
}

function parseOptions(text: string, where: string): Record<string, unknown> {
  return Object.fromEntries(
    splitList(text, where).map((item) => {
      const { key, value } = /^\s*(?<key>\w+)\s*=(?<value>.*)$/s.exec(item)?.groups ?? {};
      if (key === undefined) throw unreadable(item, where);
      return [camelCase(key), parseValue(value!.trim(), where)];
    }),
  );
}

function parseValue(text: string, where: string): unknown {
  const call = /^(?<type>[a-z]\w*)\((?<options>.*)\)$/is.exec(text)?.groups;
  if (call !== undefined) return { type: call["type"]!, config: parseOptions(call["options"]!, where) };
  if (text !== "" && Number.isFinite(Number(text))) return Number(text);
  try {
    return JSON.parse(text);
  } catch {
    if (/^[\w.-]+$/.test(text)) return text;
    throw unreadable(text, where);
  }
}

const camelCase = (key: string) => key.replaceAll(/_(?<next>[a-z0-9])/g, (_, next: string) => next.toUpperCase());

/** The parts between commas that stand in no brackets and no quotes. */
function splitList(text: string, where: string): string[] {
  const parts: string[] = [];
  let [depth, start, quoted] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '"') quoted = !quoted;
    if (quoted) continue;
    if ("([{".includes(character)) depth += 1;
    if (")]}".includes(character)) depth -= 1;
    if (character !== "," || depth !== 0) continue;
    parts.push(text.slice(start, i));
    start = i + 1;
  }
  if (depth !== 0 || quoted) throw unreadable(text, where);
  return text.trim() === "" ? [] : [...parts, text.slice(start)];
}

function unreadable(text: string, where: string): LamellaError {
  return new LamellaError("config", {
    where,
    problem: "The value cannot be read.",
    expected: "NAME or NAME:key=value,key=value, such as adam:learningRate=0.001",
    received: text,
  });
}
