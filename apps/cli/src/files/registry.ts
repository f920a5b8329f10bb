import { functionalType } from "@lamella/functional";
import { catalogue, type Registry } from "@lamella/ir";
import { sequentialType } from "@lamella/sequential";

/** The layer and model types that files may name. */
export const registry: Registry = { layers: catalogue, models: [functionalType, sequentialType] };
