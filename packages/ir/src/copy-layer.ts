import { layerFromConfig } from "./define-layer.ts";
import { isLayer } from "./fields.ts";
import type { AnyLayer, LayerOptions } from "./layer.ts";

export interface CopyOptions {
  readonly name?: string;
  /** What differs in the configuration. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A layer with the same configuration, layers in it copied too, and no weights yet. */
export function copyLayer(layer: AnyLayer, options: CopyOptions = {}): AnyLayer {
  const copied = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(copied);
    return isLayer(value) ? copyLayer(value) : value;
  };
  const config = Object.entries(layer.config).map(([name, value]) => [name, copied(value)] as const);
  const { inputShape } = layer;
  const own: LayerOptions = {
    name: options.name ?? layer.name,
    trainable: layer.trainable,
    dtype: layer.dtypePolicy,
    activityRegularizer: layer.activityRegularizer,
    ...(inputShape === undefined ? {} : { inputShape }),
  };
  return layerFromConfig(layer.definition, { ...Object.fromEntries(config), ...options.config }, own);
}
