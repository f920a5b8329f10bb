import { backendOption, deviceOption } from "../backend-options.ts";
import { examplesText, type LamellaCommand } from "../command.ts";
import { severalTimes, share, wholeNumber } from "../option-values.ts";
import { lossOption, metricsOption } from "../specs/spec-options.ts";

export function declare(command: LamellaCommand): void {
  command
    .argument("<file>", "model file")
    .requiredOption("--data <file>", ".npz file: arrays x and y, or named after inputs and outputs")
    .requiredOption("-o, --output <file>", "model file to write; its name says the format")
    .option(...lossOption, severalTimes)
    .option(
      "--optimizer <optimizer>",
      "optimizer by Keras's name, with options as adam:learningRate=0.001 (default: the file's, with its state)",
    )
    .option(...metricsOption, severalTimes)
    .option("--epochs <n>", "passes over the data", wholeNumber(1), 1)
    .option("--batch-size <n>", "samples a step (default: 32)", wholeNumber(1))
    .option("--validation-split <share>", "share of the samples, from the end, that is only evaluated", share)
    .option("--validation-data <file>", ".npz file to evaluate after every epoch")
    .option("--no-shuffle", "take the samples in their order")
    .option("--seed <n>", "decides dropout, the order of the samples and fresh weights", wholeNumber(0))
    .option(...backendOption)
    .option(...deviceOption)
    .option("--history <file>", "write what every epoch reported to a JSON file")
    .option("--tensorboard <dir>", "write to a folder for TensorBoard")
    .option(
      "--save-freq <batches>",
      "save what --resume needs every so many batches (default: every epoch)",
      wholeNumber(1),
    )
    .option(
      "--resume",
      "go on with the run that Ctrl-C, or worse, ended; the weights will be those of a run without a break",
    )
    .addHelpText(
      "after",
      examplesText([
        ["lamella train new.lamella --data d.npz --loss mse --epochs 5 -o net.lamella", "with RMSprop, as in Keras"],
        ["lamella train net.lamella --data d.npz --epochs 5 -o net2.lamella", "goes on as the file was compiled"],
        ["  ... --optimizer adam:learningRate=0.01 --metrics accuracy,mae", "options after a colon"],
        ["  ... --optimizer 'sgd:learningRate=cosineDecay(initialLearningRate=0.1,decaySteps=900)'", "a schedule"],
        ["  ... --loss price=mse --loss kind=sparseCategoricalCrossentropy", "several outputs"],
        ["  ... --resume", "after Ctrl-C, with all other options as before"],
      ]),
    )
    .action(async (file, options) => {
      const { trainFile } = await import("../train/train-file.ts");
      await trainFile(file, options);
    });
}
