import { onnxruntime } from "@lamella/backend-onnxruntime";
import { encode, readModelFile, writeModelFile } from "@lamella/format";
import { type AnyModel, modelToData, type SavedModel, setWeightsFromData } from "@lamella/ir";
import type { Backend } from "@lamella/runtime";
import { type CompileOptions, type Schedule, Trainer } from "@lamella/train";

type Methods<M extends AnyModel> = Pick<
  Trainer<M>,
  | "compile"
  | "fit"
  | "evaluate"
  | "predict"
  | "trainOnBatch"
  | "testOnBatch"
  | "predictOnBatch"
  | "readLearningRate"
  | "save"
  | "saveWeights"
>;

/** What a model of the umbrella can do beyond describing itself. */
export interface Trainable<M extends AnyModel> extends Methods<M>, AsyncDisposable {
  /** The learning rate of the steps to come: a number, or the schedule that gives it. @throws LamellaError `state` when set where a schedule gives it */
  get learningRate(): number | Schedule;
  set learningRate(value: number);
  /** Set while training: ends it after this batch. */
  stopTraining: boolean;
  /** What `save` would write. */
  toBytes(): Promise<Uint8Array>;
  /** The same as plain data, for packages that write other files, such as @lamella/keras. */
  toData(): Promise<SavedModel>;
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
  const trainer = new Trainer(model, backend, { read: readModelFile, write: writeModelFile });
  if (saved?.training !== undefined) trainer.restore(saved.training);
  const toData = async () => modelToData(model, await trainer.trainingState());
  const methods: Trainable<M> = {
    compile: (options: CompileOptions<never>) => trainer.compile(options),
    get learningRate(): number | Schedule {
      return trainer.learningRate;
    },
    set learningRate(value: number) {
      trainer.learningRate = value;
    },
    get stopTraining() {
      return trainer.stopTraining;
    },
    set stopTraining(value) {
      trainer.stopTraining = value;
    },
    fit: trainer.fit.bind(trainer),
    evaluate: trainer.evaluate.bind(trainer),
    predict: trainer.predict.bind(trainer),
    trainOnBatch: trainer.trainOnBatch.bind(trainer),
    testOnBatch: trainer.testOnBatch.bind(trainer),
    predictOnBatch: trainer.predictOnBatch.bind(trainer),
    readLearningRate: () => trainer.readLearningRate(),
    save: (path: string) => trainer.save(path),
    saveWeights: (path: string) => trainer.saveWeights(path),
    toBytes: async () => encode(await toData()),
    toData,
    loadWeights: async (path: string) => setWeightsFromData(model, await readModelFile(path)),
    dispose: () => trainer.dispose(),
    [Symbol.asyncDispose]: () => trainer.dispose(),
  };
  // Copies accessors, too, which Object.assign would read once.
  return Object.defineProperties(model, Object.getOwnPropertyDescriptors(methods)) as WithTraining<M>;
}
