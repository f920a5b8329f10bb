import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Real Keras in a process of its own. */
export interface KerasPeer {
  readonly versions: Readonly<Record<string, string>>;
  /** Milliseconds a step of `fit`. */
  fit(model: string, steps: number): Promise<number>;
  /** Milliseconds it takes to build one of keras.applications, weights at random. */
  build(architecture: string): Promise<number>;
  stop(): void;
}

/** Starts Keras from the golden generator's environment, or from KERAS_PYTHON; undefined where there is none. */
export async function startKeras(threads: number): Promise<KerasPeer | undefined> {
  const python = process.env["KERAS_PYTHON"] ?? pathOf("../../keras-golden/.venv/bin/python");
  if (!existsSync(python)) return undefined;
  const peer = spawn(python, [pathOf("../peers/keras_peer.py"), String(threads)], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const lines = createInterface(peer.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error("the Keras process ended");
    return value;
  };
  const ask = async (...command: readonly string[]): Promise<number> => {
    peer.stdin.write(`${command.join(" ")}\n`);
    return Number(await next());
  };
  return {
    versions: JSON.parse(await next()) as Record<string, string>,
    fit: (model, steps) => ask("fit", model, String(steps)),
    build: (architecture) => ask("build", architecture),
    stop: () => peer.stdin.end(),
  };
}
