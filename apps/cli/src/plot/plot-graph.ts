/** A layer or operator in a picture. */
export interface PlotNode {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Shape of what it gives; absent where shapes are not wanted. */
  readonly shape?: string;
  /** What colours and borders say. */
  readonly kind: "input" | "output" | "weights" | "plain";
  /** Whether it has weights that training does not change. */
  readonly frozen: boolean;
}

/** A model or scope, drawn as a box around what it holds. */
export interface PlotBox {
  readonly id: string;
  readonly title: string;
  readonly nodes: PlotNode[];
  readonly boxes: PlotBox[];
}

/** What is drawn, whatever the format. */
export interface PlotGraph {
  readonly root: PlotBox;
  readonly edges: readonly (readonly [from: string, to: string])[];
}

export interface PlotOptions {
  readonly shapes: boolean;
  /** Whether nested models are boxes with their layers in them, rather than single nodes. */
  readonly nested: boolean;
}
