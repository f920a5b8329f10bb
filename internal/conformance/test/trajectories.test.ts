import { describeTrajectories } from "../src/describe-trajectories.ts";
import { describeWhereThere } from "../src/required.ts";
import { trained } from "../src/subjects.ts";

for (const [name, backend] of Object.entries(trained)) {
  await describeWhereThere(name, backend, () => describeTrajectories(backend));
}
