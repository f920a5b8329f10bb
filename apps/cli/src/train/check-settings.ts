import { type JsonObject, LamellaError } from "@lamella/ir";

/**
 * Refuses to go on with a run under other settings than it began with.
 *
 * @throws LamellaError `config` that names the setting
 */
export function checkSettings(now: JsonObject, before: JsonObject): void {
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const [began, given] = [JSON.stringify(before[name] ?? null), JSON.stringify(now[name] ?? null)];
    if (began === given) continue;
    throw new LamellaError("config", {
      where: "--resume",
      problem: `The interrupted run was begun with another ${name}.`,
      expected: began,
      received: given,
      hint: "Give the options that it was begun with, or leave --resume out to begin anew.",
    });
  }
}
