/** What the image classifiers of this folder take. */
export interface ImageClassifierOptions {
  /** Height, width and channels. */
  readonly inputShape?: readonly number[];
  readonly classes?: number;
  /** `"linear"` gives the logits. Default softmax. */
  readonly classifierActivation?: "softmax" | "sigmoid" | "linear";
}
