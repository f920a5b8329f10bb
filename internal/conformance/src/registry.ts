import { functionalType } from "@lamella/functional";
import { catalogue, type Registry } from "@lamella/ir";
import { sequentialType } from "@lamella/sequential";

/** Everything that a file may name. */
export const registry: Registry = { layers: catalogue, models: [functionalType, sequentialType] };
