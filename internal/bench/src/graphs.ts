import { resNet152 } from "@lamella-examples/zoo";
import { type AnyModel, lower, verifyPrimitives } from "@lamella/ir";
import { channelsFirst } from "@lamella/onnx";
import { add, dense, input, model, type SymbolicTensor } from "lamella";

import { median, ratio, show } from "./figures.ts";
import type { Peer } from "./peer.ts";

const rounds = 7;

function milliseconds(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Builds a model, lowers it, verifies the result and lays it out for ONNX. */
function throughAllPasses(build: () => AnyModel): void {
  const { graph } = lower(build());
  verifyPrimitives(graph);
  channelsFirst(graph);
}

function chain(size: number): AnyModel {
  const x = input({ shape: [4] });
  let y: SymbolicTensor = x;
  for (let i = 0; i < size; i++) y = dense(4)(y);
  return model({ inputs: x, outputs: y });
}

/** Every layer adds two tensors drawn from all that were there before. */
function randomGraph(size: number): AnyModel {
  const x = input({ shape: [4] });
  const tensors: SymbolicTensor[] = [x];
  const unused = new Set<SymbolicTensor>();
  let state = 1;
  const draw = () => {
    state = (state * 16_807) % 2_147_483_647;
    return tensors[state % tensors.length]!;
  };
  for (let i = 0; i < size; i++) {
    const parts = [draw(), draw()];
    const y = add()(parts);
    for (const part of parts) unused.delete(part);
    unused.add(y);
    tensors.push(y);
  }
  return model({ inputs: x, outputs: add()([...unused]) });
}

/** Times of building and lowering: a deep network against Keras, and how the work grows with the number of layers. */
export async function benchGraphs(keras: Peer | undefined): Promise<void> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let warm = 0; warm < 3; warm++) throughAllPasses(resNet152);
  for (let round = 0; round < rounds; round++) {
    ours.push(milliseconds(() => throughAllPasses(resNet152)));
    if (keras !== undefined) theirs.push(await keras.ask("build", "ResNet152"));
  }
  const compared = keras === undefined ? "" : `, Keras builds it in ${show(theirs)}, ratio ${ratio(ours, theirs)}`;
  console.log("built, lowered, verified and laid out for ONNX, ms: median (least to most)");
  console.log(`ResNet152: lamella ${show(ours)}${compared}`);
  for (const [name, build] of Object.entries({ chain, "random graph": randomGraph })) {
    const each = [2_500, 5_000, 10_000].map((size) => {
      const times = Array.from({ length: rounds }, () => milliseconds(() => throughAllPasses(() => build(size))));
      return `${size} layers ${show(times)}, ${((1000 * median(times)) / size).toFixed(0)} us a layer`;
    });
    console.log(`${name}: ${each.join("; ")}`);
  }
}
