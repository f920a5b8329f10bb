import { describe } from "vitest";

import { describeTrajectories } from "../src/describe-trajectories.ts";
import { trained } from "../src/subjects.ts";

for (const [name, backend] of Object.entries(trained)) {
  describe(name, () => {
    describeTrajectories(backend);
  });
}
