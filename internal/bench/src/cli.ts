import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { resNet50 } from "@lamella-examples/zoo";

import { median, ratio, show } from "./figures.ts";
import type { Peer } from "./peer.ts";

const main = fileURLToPath(new URL("../../../apps/cli/dist/node/main.js", import.meta.url));
const rounds = 9;
const kerasRounds = 5;

/** How long the command takes from start to end, as a user waits for it, Node itself, which does nothing, and Keras, which is there already. */
export async function benchCli(keras: Peer | undefined): Promise<void> {
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
    const run = (args: readonly string[]): number => {
      const start = performance.now();
      const { status } = spawnSync(process.execPath, args, { stdio: "ignore" });
      if (status !== 0) throw new Error(`${args.join(" ")} failed`);
      return performance.now() - start;
    };
    for (let round = 0; round <= rounds; round++) {
      for (const [name, args] of Object.entries(lines)) {
        const time = run(args);
        // The first round fills Node's cache of compiled code.
        if (round > 0) times.get(name)!.push(time);
      }
    }
    console.log(`ms from start to end, median of ${rounds} (least to most), in turns; beyond Node itself`);
    const node = median(times.get("node --eval 0")!);
    for (const [name, values] of times) console.log(`${name}: ${show(values)}; ${(median(values) - node).toFixed(0)}`);
    if (keras === undefined) return;
    const kerasFile = join(folder, "resnet50.keras");
    run([...command, "convert", file, kerasFile]);
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let round = 0; round < kerasRounds; round++) {
      ours.push(run([...command, "convert", kerasFile, join(folder, "converted.lamella")]));
      theirs.push(await keras.ask("load", kerasFile));
    }
    const convert = "lamella convert resnet50.keras resnet50.lamella, from start to end";
    console.log(`${convert}: ${show(ours)}; Keras's load_model alone: ${show(theirs)}; ratio ${ratio(ours, theirs)}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}
