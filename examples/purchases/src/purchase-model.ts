import { concatenate, dense, dropout, input, lstm, model, normalization } from "lamella";

import { profileFeatures, type Samples, weekFeatures, weeks } from "./samples.ts";

/** A profile and a year of weekly activity go in; the probability of a purchase comes out. */
export function purchaseModel({ profile: profiles }: Samples) {
  const profile = input({ shape: [profileFeatures.length], name: "profile_data" });
  const activity = input({ shape: [weeks, weekFeatures.length], name: "activity_data" });
  const scale = normalization();
  scale.adapt(profiles);
  const merged = concatenate()([dense(16, { activation: "relu" })(scale(profile)), lstm(16)(activity)]);
  const hidden = dropout(0.2)(dense(16, { activation: "relu" })(merged));
  const buys = dense(1, { activation: "sigmoid", name: "buys" })(hidden);
  return model({ inputs: [profile, activity], outputs: buys, name: "purchases" });
}
