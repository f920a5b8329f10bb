import { mkdir, readdir, readFile, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";

import { replaceFile } from "@lamella/format";
import { type JsonObject, LamellaError } from "@lamella/ir";
import type { Logs } from "@lamella/train";

/** What an interrupted run leaves beside its backup. */
export interface RunRecord {
  /** What has to be the same when it goes on. */
  readonly settings: JsonObject;
  /** What the epochs that are done reported. */
  readonly epochs: readonly { readonly epoch: number; readonly logs: Logs }[];
}

/** The names that BackupAndRestore gives its files, and that of the record. Temporary files have them within theirs. */
const backupName = "latest.lamella";
const recordName = "run.json";

/** The folder beside the output in which a run that is not done keeps what it needs to go on. */
export class BackupFolder {
  readonly path: string;

  constructor(output: string) {
    this.path = `${output}.backup`;
  }

  /** The file that training goes on from. */
  get file(): string {
    return join(this.path, backupName);
  }

  /** Whether a run was interrupted. */
  async exists(): Promise<boolean> {
    return (await this.names()).includes(backupName);
  }

  /** What an interrupted run left; undefined where it was ended before it could leave anything. */
  async readRecord(): Promise<RunRecord | undefined> {
    if (!(await this.names()).includes(recordName)) return undefined;
    const path = join(this.path, recordName);
    try {
      return JSON.parse(await readFile(path, "utf8")) as RunRecord;
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      throw new LamellaError("format", {
        where: path,
        problem: `The record of the interrupted run is damaged: ${cause.message}.`,
        hint: "Train without --resume to begin anew.",
        cause,
      });
    }
  }

  async writeRecord(record: RunRecord): Promise<void> {
    await mkdir(this.path, { recursive: true });
    await replaceFile(join(this.path, recordName), [new TextEncoder().encode(JSON.stringify(record))]);
  }

  /** Removes what runs left. A folder with other files in it stays. */
  async clear(): Promise<void> {
    const names = await this.names();
    const own = names.filter((name) => name.includes(backupName) || name.includes(recordName));
    for (const name of own) await rm(join(this.path, name), { force: true });
    if (names.length > 0 && own.length === names.length) await rmdir(this.path);
  }

  private async names(): Promise<readonly string[]> {
    try {
      return await readdir(this.path);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
      throw error;
    }
  }
}
