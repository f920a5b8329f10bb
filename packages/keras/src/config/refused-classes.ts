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

/** Layers of Keras that lamella does not have: why, and what to do instead. */
export const refusedClasses: ReadonlyMap<string, { readonly reason: string; readonly instead: string }> = new Map([
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
