/** A check that is known to fail, and how. */
export interface ExpectedFailure {
  readonly reason: string;
  /** What the error must say. */
  readonly pattern: RegExp;
}

/** By the id of the case and the name of the check, as in `conv2d/groups gradient`. */
export type ExpectedFailures = Readonly<Record<string, ExpectedFailure>>;

/** One reason for several checks of several cases. */
function together(cases: readonly string[], failure: ExpectedFailure): ExpectedFailures {
  const checks = ["forward", "predict", "gradient"];
  return Object.fromEntries(cases.flatMap((id) => checks.map((check) => [`${id} ${check}`, failure])));
}

/** What lamella means to do differently from Keras, on every backend. */
export const deviations: ExpectedFailures = {
  ...together(["batch-normalization/always-training"], {
    reason:
      "A call's own `training` argument holds in lamella, as Keras documents. Keras's functional models override it " +
      "with the mode of the model (operation_fn in keras/src/models/functional.py).",
    pattern: /times the tolerance/,
  }),
  ...together(["random-crop/one-fits", "random-crop/too-small", "random-crop/random"], {
    reason:
      "Outside training, RandomCrop gives images of the wanted size, as Keras documents and its symbolic shapes say. " +
      "Keras gives the images as they are (transform_images in keras/src/layers/preprocessing/image_preprocessing/random_crop.py).",
    pattern: /^(output 0 is float32|gradient of input_0)/,
  }),
};

/** @throws Error when the work succeeds, or fails in another way than expected */
export async function expectFailure(work: () => Promise<void>, { pattern, reason }: ExpectedFailure): Promise<void> {
  try {
    await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (pattern.test(message)) return;
    throw new Error(`The check fails in another way than expected (${reason})`, { cause: error });
  }
  throw new Error(`The check passes, so it must not be an expected failure any more (${reason})`);
}
