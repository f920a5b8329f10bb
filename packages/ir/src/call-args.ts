import type { LoweredArgs, Value } from "./lowering.ts";
import type { JsonObject, JsonValue } from "./saved-model.ts";
import { SymbolicTensor } from "./symbolic.ts";

type ArgValue = JsonValue | SymbolicTensor | readonly (SymbolicTensor | null)[];

/** Arguments of one call. */
export interface CallArgs {
  /** Fixes the mode of this call, whatever the model runs in. */
  readonly training?: boolean;
  /** Overrides the mask that the input carries; a list, those of several inputs, null for none. */
  readonly mask?: SymbolicTensor | readonly (SymbolicTensor | null)[] | null;
  /** Recurrent layers: what they start from. */
  readonly initialState?: SymbolicTensor | readonly SymbolicTensor[];
  /** MultiHeadAttention and its like: which queries (rows) may look at which keys (columns). */
  readonly attentionMask?: SymbolicTensor;
  /** Attention: no query looks at a later key. */
  readonly useCausalMask?: boolean;
  readonly [name: string]: ArgValue | undefined;
}

/** Moves the tensors in call arguments to the end of the inputs. */
export function separateTensors(
  positional: readonly SymbolicTensor[],
  args: CallArgs,
): readonly [readonly SymbolicTensor[], JsonObject] {
  const all = [...positional];
  const reference = (tensor: SymbolicTensor): JsonObject => ({ tensor: all.push(tensor) - 1 });
  const entries = Object.entries(args).flatMap(([name, value]): [string, JsonValue][] => {
    if (value === undefined || value === null) return [];
    if (value instanceof SymbolicTensor)
      return [[name, name === "initialState" ? [reference(value)] : reference(value)]];
    if (Array.isArray(value) && value.some((item) => item instanceof SymbolicTensor)) {
      const items = value as readonly (SymbolicTensor | null)[];
      return [[name, items.map((item) => (item === null ? null : reference(item)))]];
    }
    return [[name, value as JsonValue]];
  });
  return [all, Object.fromEntries(entries)];
}

/** Puts traced tensors where call arguments refer to them. */
export function lowerArgs(args: JsonObject, values: readonly Value[]): LoweredArgs {
  return mapTensors(args, (index) => values[index]!.tensor) as LoweredArgs;
}

/** Puts something in the place of every `{ tensor: index }`. */
export function mapTensors<T>(
  args: JsonObject,
  replace: (index: number) => T,
): Record<string, JsonValue | T | (T | null)[]> {
  const isReference = (value: unknown): value is { readonly tensor: number } =>
    typeof value === "object" && value !== null && "tensor" in value;
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      if (isReference(value)) return [name, replace(value.tensor)];
      if (Array.isArray(value) && value.some(isReference)) {
        return [name, value.map((item) => (isReference(item) ? replace(item.tensor) : null))];
      }
      return [name, value];
    }),
  );
}
