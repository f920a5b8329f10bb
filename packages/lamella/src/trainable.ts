import { onnxruntime } from "@lamella/backend-onnxruntime";
import { encode, readModelFile, writeModelFile } from "@lamella/format";
import { type AnyModel, modelToData, type SavedModel, setWeightsFromData } from "@lamella/ir";
import type { Backend } from "@lamella/runtime";
import { type CompileOptions, Trainer } from "@lamella/train";

type Methods<M extends AnyModel> = Pick<Trainer<M>, "compile" | "fit" | "evaluate" | "predict">;

/** What a model of the umbrella can do beyond describing itself. */
export interface Trainable<M extends AnyModel> extends Methods<M>, AsyncDisposable {
  /** Writes architecture, weights and the state of training to a file. The old file stays until the new one is complete. */
  save(path: string): Promise<void>;
  /** What `save` would write. */
  toBytes(): Promise<Uint8Array>;
  /** Writes architecture and weights without the state of training. */
  saveWeights(path: string): Promise<void>;
  /** Takes over the weights of a file; layers are matched by name. @throws LamellaError `data` when they do not fit */
  loadWeights(path: string): Promise<void>;
  /** Frees sessions and device memory; the weights stay, and the model can be used again. */
  dispose(): Promise<void>;
}

/** A model with Keras's methods: compile, fit, evaluate, predict, save. */
export type WithTraining<M extends AnyModel> = M & Trainable<M>;

/** Gives a model Keras's methods. It runs on `onnxruntime()` unless `compile` names another backend. */
export function withTraining<M extends AnyModel>(
  model: M,
  saved?: SavedModel,
  backend: Backend = onnxruntime(),
): WithTraining<M> {
  const trainer = new Trainer(model, backend);
  if (saved?.training !== undefined) trainer.restore(saved.training);
  const data = async (): Promise<SavedModel> => modelToData(model, await trainer.save());
  const methods: Trainable<M> = {
    compile: (options: CompileOptions<never>) => trainer.compile(options),
    fit: (x, y, options) => trainer.fit(x, y, options),
    evaluate: (x, y, options) => trainer.evaluate(x, y, options),
    predict: (x, options) => trainer.predict(x, options),
    save: async (path) => writeModelFile(path, await data()),
    toBytes: async () => encode(await data()),
    saveWeights: async (path) => writeModelFile(path, await modelToData(model)),
    loadWeights: async (path) => setWeightsFromData(model, await readModelFile(path)),
    dispose: () => trainer.dispose(),
    [Symbol.asyncDispose]: () => trainer.dispose(),
  };
  return Object.assign(model, methods);
}
