import { replaceFile } from "@lamella/format";
import { type AnyModel, LamellaError, lower, type Tensor } from "@lamella/ir";
import { toOnnx, type ToOnnxOptions } from "@lamella/onnx";

export type ExportOptions = Pick<ToOnnxOptions, "opset" | "docString">;

/** A model's inference graph as the bytes of an ONNX model: weights as initializers, the batch open. */
export async function onnxBytes(model: AnyModel, options: ExportOptions = {}): Promise<Uint8Array> {
  const { graph, variables, updates, hosted } = lower(model);
  if (hosted.length > 0) {
    throw new LamellaError("unsupported", {
      where: model.label,
      problem: `ONNX cannot say what is computed before the model runs: ${hosted.map(({ to }) => to).join(", ")}.`,
      hint: "Export the model without these layers, and give it what they give.",
    });
  }
  const written = new Set(updates.values());
  const weights: Record<string, Tensor> = {};
  for (const [port, variable] of variables) {
    // What inference writes, such as the state of a stateful LSTM, stays an input beside its new value.
    if (!written.has(variable)) weights[port] = await variable.read();
  }
  return toOnnx(graph, { producerName: "lamella", ...options, weights });
}

/** Writes a model's inference graph as an .onnx file. The old file stays until the new one is complete. */
export async function exportOnnx(model: AnyModel, path: string, options: ExportOptions = {}): Promise<void> {
  await replaceFile(path, [await onnxBytes(model, options)]);
}
