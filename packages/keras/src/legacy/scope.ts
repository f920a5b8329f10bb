import type { JsonObject } from "@lamella/ir";

import type { KerasObject } from "../contents.ts";
import type { Refusals } from "./refusals.ts";
import type { Writer } from "./writer.ts";

/** What the parts of a rewriting know of it. */
export interface Scope {
  readonly writer: Writer;
  readonly refusals: Refusals;
  note(sentence: string): void;
  /** A layer, without what it is called on. */
  layer(json: JsonObject): KerasObject;
}
