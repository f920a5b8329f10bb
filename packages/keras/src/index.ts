export type * from "./contents.ts";
