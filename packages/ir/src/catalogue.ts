import type { LayerType } from "./define-layer.ts";
import * as layers from "./layers/index.ts";
import { operations } from "./ops/index.ts";

/** All layer types that lamella knows: the registry for loading, unless a smaller or larger one is given. */
export const catalogue: readonly LayerType[] = [...operations, ...Object.values(layers)];
