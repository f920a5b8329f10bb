import { BackupAndRestore, type BackupAndRestoreOptions } from "./backup-and-restore.ts";
import { lambdaCallback } from "./callback.ts";
import { CSVLogger, type CSVLoggerOptions } from "./csv-logger.ts";
import { EarlyStopping, type EarlyStoppingOptions } from "./early-stopping.ts";
import { LearningRateScheduler, type LearningRateSchedulerOptions } from "./learning-rate-scheduler.ts";
import { ModelCheckpoint, type ModelCheckpointOptions } from "./model-checkpoint.ts";
import { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from "./reduce-lr-on-plateau.ts";
import { RemoteMonitor, type RemoteMonitorOptions } from "./remote-monitor.ts";
import { SwapEMAWeights, type SwapEMAWeightsOptions } from "./swap-ema-weights.ts";
import { TensorBoard, type TensorBoardOptions } from "./tensor-board.ts";
import { TerminateOnNaN, type TerminateOnNaNOptions } from "./terminate-on-nan.ts";

/** Makes Keras's callbacks, by Keras's names and with Keras's defaults. */
export const callbacks = {
  backupAndRestore: (options: BackupAndRestoreOptions) => new BackupAndRestore(options),
  csvLogger: (options: CSVLoggerOptions) => new CSVLogger(options),
  earlyStopping: (options: EarlyStoppingOptions = {}) => new EarlyStopping(options),
  lambdaCallback,
  learningRateScheduler: (options: LearningRateSchedulerOptions) => new LearningRateScheduler(options),
  modelCheckpoint: (options: ModelCheckpointOptions) => new ModelCheckpoint(options),
  reduceLROnPlateau: (options: ReduceLROnPlateauOptions = {}) => new ReduceLROnPlateau(options),
  remoteMonitor: (options: RemoteMonitorOptions = {}) => new RemoteMonitor(options),
  swapEMAWeights: (options: SwapEMAWeightsOptions = {}) => new SwapEMAWeights(options),
  tensorBoard: (options: TensorBoardOptions = {}) => new TensorBoard(options),
  terminateOnNaN: (options: TerminateOnNaNOptions = {}) => new TerminateOnNaN(options),
};
