import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { resNet50 } from "@lamella-examples/zoo";

import { median, show } from "./figures.ts";

const main = fileURLToPath(new URL("../../../apps/cli/dist/main.js", import.meta.url));
const rounds = 9;

/** How long the command takes from start to end, as a user waits for it; and Node itself, which does nothing. */
export async function benchCli(): Promise<void> {
  if (!existsSync(main)) {
    console.log("The command is not built: run pnpm build first.");
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), "lamella-bench-"));
  try {
    const file = join(folder, "resnet50.lamella");
    await resNet50().save(file);
    const megabytes = ((await stat(file)).size / 1e6).toFixed(0);
    // As it is published, with the big packages in one file each.
    const command = ["--conditions=@lamella/bundle", main];
    const lines: Readonly<Record<string, readonly string[]>> = {
      "node --eval 0": ["--eval", "0"],
      "lamella --help": [...command, "--help"],
      [`lamella summary, ResNet50 of ${megabytes} MB`]: [...command, "summary", file],
    };
    const times = new Map(Object.keys(lines).map((name) => [name, [] as number[]]));
    for (let round = 0; round <= rounds; round++) {
      for (const [name, args] of Object.entries(lines)) {
        const start = performance.now();
        const { status } = spawnSync(process.execPath, args, { stdio: "ignore" });
        if (status !== 0) throw new Error(`${name} failed`);
        // The first round fills Node's cache of compiled code.
        if (round > 0) times.get(name)!.push(performance.now() - start);
      }
    }
    console.log(`ms from start to end, median of ${rounds} (least to most), in turns; beyond Node itself`);
    const node = median(times.get("node --eval 0")!);
    for (const [name, values] of times) console.log(`${name}: ${show(values)}; ${(median(values) - node).toFixed(0)}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}
