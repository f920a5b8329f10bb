import { describeTrajectories } from "../src/describe-trajectories.ts";
import { describeWhereThere } from "../src/required.ts";
import { trajectoryBackends } from "../src/subjects.ts";

for (const [name, backend] of Object.entries(trajectoryBackends)) {
  await describeWhereThere(name, backend, () => describeTrajectories(backend));
}
