import { LamellaError } from "@lamella/ir";

/** Layer classes of old that cannot be told in Keras 3's terms, and why. */
const reasons: Readonly<Record<string, string>> = {
  Merge: "Merge layers of Keras 1 are gone since Keras 2: their mode may be code. Use add, concatenate and their like",
  TensorFlowOpLayer: "it holds an operation of TensorFlow's graph, not a layer",
  ClassMethod: "it calls a method of a TensorFlow class",
  InstanceMethod: "it calls a method of a TensorFlow object",
  InstanceProperty: "it reads a property of a TensorFlow object",
};

/** Collects what a model cannot be read for, so that one error names it all. */
export class Refusals {
  private readonly found = new Map<string, string[]>();

  /** Notes a layer if its class is refused. */
  checkClass(className: string, layer: string): void {
    const reason = Object.hasOwn(reasons, className) ? reasons[className] : undefined;
    if (reason !== undefined) this.add(`${className} (${reason})`, layer);
  }

  /** Notes a layer that calls a function without a counterpart. */
  addFunction(symbol: string, layer: string): void {
    this.add(`tf.${symbol}`, layer);
  }

  private add(what: string, layer: string): void {
    this.found.set(what, [...(this.found.get(what) ?? []), layer]);
  }

  /** @throws LamellaError `unsupported` that names everything noted */
  check(): void {
    if (this.found.size === 0) return;
    const list = [...this.found].map(([what, layers]) => `${what} in ${layers.join(", ")}`);
    throw new LamellaError("unsupported", {
      problem: `The model calls what has no counterpart in Keras 3's layers and operations: ${list.join("; ")}.`,
      hint: "Build the model again with layers in their place, in the Keras that wrote the file, and save it again.",
    });
  }
}
