export { type InputOptions, symbolicInput as input } from "@lamella/ir";
export { type CountOf, Functional, functionalType, model, type ModelOptions, type NamesOf } from "./model.ts";
