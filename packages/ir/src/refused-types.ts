const strings = {
  reason: "It works on text, and lamella's tensors hold numbers.",
  instead: "Turn text into numbers beforehand, and save the model from behind this layer on.",
};
const augmentation = {
  reason: "It only changes training data, and lamella does not have it.",
  instead: "Save the model without it, and prepare the data before training.",
};
const foreign = {
  reason: "What it computes is code of another library, which is not in the file.",
  instead: "Save a model that is made of Keras's own layers.",
};

/** Layer types of Keras that lamella does not have on purpose: what they are, and what to do instead. */
export const refusedTypes: ReadonlyMap<string, { readonly reason: string; readonly instead: string }> = new Map([
  [
    "Lambda",
    {
      reason: "It is code, and no code is taken from model files: it could do anything, and runs on no other backend.",
      instead:
        "Write what it computes with ops (such as ops.multiply(x, 2)), which are saved as data, or as a layer of your " +
        "own with defineLayer.",
    },
  ],
  ["StringLookup", strings],
  ["TextVectorization", strings],
  ["HashedCrossing", strings],
  ["FlaxLayer", foreign],
  ["JaxLayer", foreign],
  ["TFSMLayer", foreign],
  ["TorchModuleWrapper", foreign],
  ...[
    "AugMix",
    "AutoContrast",
    "ContrastLimitedAdaptiveHistogramEqualization",
    "CutMix",
    "Equalization",
    "MaxNumBoundingBoxes",
    "MixUp",
    "RandAugment",
    "RandomColorDegeneration",
    "RandomColorJitter",
    "RandomElasticTransform",
    "RandomErasing",
    "RandomGaussianBlur",
    "RandomGrayscale",
    "RandomHue",
    "RandomInvert",
    "RandomPerspective",
    "RandomPosterization",
    "RandomSaturation",
    "RandomSharpness",
    "RandomShear",
    "Solarization",
  ].map((name) => [name, augmentation] as const),
]);
