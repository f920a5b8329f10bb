export { Sequential, sequential, sequentialType, type StackEntry } from "./sequential.ts";
