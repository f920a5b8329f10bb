export * from "./backend.ts";
export * from "./reference/backend.ts";
export * from "./specialize.ts";
