export * from "./backend.ts";
export * from "./reference/backend.ts";
export { lastUses } from "./reference/program.ts";
export { broadcastStrides, offsetsOf, stridesOf } from "./reference/strides.ts";
export * from "./specialize.ts";
export * from "./predictor.ts";
export * from "./variable-store.ts";
