import { randomLcg, randomNormal } from "d3-random";
import { concatenate, dense, input, lstm, model, onnxruntime, setRandomSeed } from "lamella";

const profileSize = 10;
const [steps, channels] = [20, 5];

/** Made-up visitors of a shop: who they are, what they did lately, and whether they will buy. */
export interface Visitors {
  readonly inputs: { readonly profile_data: Float32Array; readonly activity_data: Float32Array };
  readonly buys: Uint8Array;
}

/** A network with two inputs: a dense branch and a recurrent one, joined. */
export function visitorModel(seed = 1) {
  setRandomSeed(seed);
  const profile = input({ shape: [profileSize], name: "profile_data" });
  const activity = input({ shape: [steps, channels], name: "activity_data" });
  const merged = concatenate()([dense(16, { activation: "relu" })(profile), lstm(16)(activity)]);
  const net = model({
    inputs: [profile, activity],
    outputs: dense(1, { activation: "sigmoid", name: "prediction" })(merged),
    name: "visitors",
  });
  net.compile({ optimizer: "adam", loss: "binaryCrossentropy", metrics: ["accuracy"], backend: onnxruntime() });
  return net;
}

/**
 * Visitors by a known rule: one buys when the first profile value, less the second, plus the recent activity in the first
 * channel is positive. Recent is what happened in the last five steps.
 */
export function makeVisitors(count: number, seed: number): Visitors {
  const normal = randomNormal.source(randomLcg(seed))(0, 1);
  const profile = Float32Array.from({ length: count * profileSize }, normal);
  const activity = Float32Array.from({ length: count * steps * channels }, normal);
  const buys = Uint8Array.from({ length: count }, (_, visitor) => {
    const own = visitor * profileSize;
    let score = profile[own]! - profile[own + 1]!;
    for (let step = steps - 5; step < steps; step++) score += activity[(visitor * steps + step) * channels]! / 2;
    return score > 0 ? 1 : 0;
  });
  return { inputs: { profile_data: profile, activity_data: activity }, buys };
}
