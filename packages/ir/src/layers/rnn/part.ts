import { layerFromConfig, type LayerType } from "../../define-layer.ts";
import type { AnyLayer, PartOptions } from "../../layer.ts";

/** The cell that a layer makes for itself, from those of the layer's fields that the cell has. */
export function partOf(
  { definition }: LayerType,
  config: Readonly<Record<string, unknown>>,
  name: string,
  options: PartOptions,
): AnyLayer {
  const own = Object.keys(definition.fields).map((field) => [field, config[field]] as const);
  return layerFromConfig(definition, Object.fromEntries(own), { ...options, name });
}
