import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";

import { EventSchema } from "../../gen/tensorboard_pb.ts";
import { toRecord } from "./records.ts";

type EventInit = MessageInitShape<typeof EventSchema>;

/** Events are on the disk after so many milliseconds, when further ones come. */
const patience = 2000;
let files = 0;

/** A file of events as TensorBoard reads it. It is made when the first events are flushed. */
export class EventFile {
  private readonly folder: string;
  private readonly name: Promise<string>;
  private records: Uint8Array<ArrayBuffer>[] = [];
  private flushed = Date.now();

  constructor(folder: string) {
    this.folder = folder;
    this.name = fileName();
    this.add({
      what: { case: "fileVersion", value: "brain.Event:2" },
      sourceMetadata: { writer: "lamella" },
    });
  }

  add(event: EventInit): void {
    const stamped = { wallTime: Date.now() / 1000, ...event };
    this.records.push(toRecord(toBinary(EventSchema, create(EventSchema, stamped))));
  }

  /** Writes out what waits, unless that was done a moment ago. */
  async flushSoon(): Promise<void> {
    if (Date.now() - this.flushed > patience) await this.flush();
  }

  /** Writes out what waits. */
  async flush(): Promise<void> {
    const [{ appendFile, mkdir }, { default: paths }] = await Promise.all([
      import("node:fs/promises"),
      import("node:path"),
    ]);
    this.flushed = Date.now();
    if (this.records.length === 0) return;
    const waiting = new Uint8Array(await new Blob(this.records.splice(0)).arrayBuffer());
    await mkdir(this.folder, { recursive: true });
    await appendFile(paths.join(this.folder, await this.name), waiting);
  }
}

/** As TensorFlow names them: by second, machine, process and count. */
async function fileName(): Promise<string> {
  const { hostname } = await import("node:os");
  const name = `events.out.tfevents.${Math.floor(Date.now() / 1000)}.${hostname()}.${process.pid}.${files}.v2`;
  files += 1;
  return name;
}
