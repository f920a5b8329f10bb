import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A program in a process of its own that reads commands line by line and answers milliseconds. */
export interface Peer {
  readonly versions: Readonly<Record<string, string>>;
  /** @throws Error with what the peer says it cannot do */
  ask(...command: readonly (string | number)[]): Promise<number>;
  stop(): void;
}

/** Starts a peer, which first tells its versions as JSON. */
export async function startPeer(program: string, args: readonly string[]): Promise<Peer> {
  const peer = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface(peer.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${program} ended`);
    return value;
  };
  return {
    versions: JSON.parse(await next()) as Record<string, string>,
    ask: async (...command) => {
      peer.stdin.write(`${command.join(" ")}\n`);
      const answer = await next();
      if (Number.isNaN(Number(answer))) throw new Error(answer);
      return Number(answer);
    },
    stop: () => peer.stdin.end(),
  };
}
