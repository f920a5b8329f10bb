import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { type Peer, startPeer } from "./peer.ts";

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/**
 * Real Keras, from the golden generator's environment or from KERAS_PYTHON; undefined where there is none. Commands:
 * `fit MODEL STEPS TOGETHER` (a step of training, so many in one execution), `build ARCHITECTURE` (one of keras.applications, weights at random), `load FILE`.
 */
export async function startKeras(threads: number): Promise<Peer | undefined> {
  const python = process.env["KERAS_PYTHON"] ?? pathOf("../../keras-golden/.venv/bin/python");
  if (!existsSync(python)) return undefined;
  return startPeer(python, [pathOf("../peers/keras_peer.py"), String(threads)]);
}
