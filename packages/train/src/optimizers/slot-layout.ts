import { keptFor } from "./kept.ts";
import type { Kept, Parameter } from "./plan.ts";
import type { Slot } from "./rule.ts";

/** The slots of all parameters. */
export interface SlotLayout {
  /** In Keras's order: group after group, and in each parameter after parameter. */
  readonly kept: readonly Kept[];
  /** Those in use, by the slots' names; one map a parameter. */
  readonly ofParameter: readonly ReadonlyMap<string, Kept>[];
}

export function layOutSlots(
  parameters: readonly Parameter[],
  groupsOf: (parameter: Parameter) => readonly (readonly (Slot | string)[])[],
): SlotLayout {
  const groups = parameters.map(groupsOf);
  const ofParameter = parameters.map(() => new Map<string, Kept>());
  const kept: Kept[] = [];
  const groupCount = Math.max(0, ...groups.map(({ length }) => length));
  for (let group = 0; group < groupCount; group++) {
    for (const [i, parameter] of parameters.entries()) {
      for (const declared of groups[i]![group] ?? []) {
        const slot: Slot = typeof declared === "string" ? { name: declared } : declared;
        const own = keptFor(parameter, slot);
        if (slot.idle !== true) ofParameter[i]!.set(slot.name, own);
        kept.push(own);
      }
    }
  }
  return { kept, ofParameter };
}
