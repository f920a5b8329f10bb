import { type ConfigOf, fields } from "@lamella/ir";

import type { Logs } from "../history.ts";
import { Callback } from "./callback.ts";
import { type OptionsOf, parseOptions, recordField } from "./options.ts";

const declared = {
  /** The address of the server. */
  root: fields.text("http://localhost:9000"),
  path: fields.text("/publish/epoch/end/"),
  /** The form's field that holds the JSON. */
  field: fields.text("data"),
  /** Further headers. Default: none. */
  headers: recordField<string>("a record of texts", (value) => typeof value === "string"),
  /** Whether to send JSON instead of a form. Default false. */
  sendAsJson: fields.boolean(false),
};

export type RemoteMonitorOptions = OptionsOf<typeof declared>;

/** Posts the values of every epoch to a server. One that cannot be reached is a warning. (Keras: `RemoteMonitor`.) */
export class RemoteMonitor extends Callback {
  private readonly options: ConfigOf<typeof declared>;

  constructor(options: RemoteMonitorOptions = {}) {
    super();
    this.options = parseOptions("RemoteMonitor", declared, options);
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    const { root, path, field, headers, sendAsJson } = this.options;
    const text = JSON.stringify({ epoch, ...logs });
    const type = sendAsJson ? { "content-type": "application/json" } : {};
    const body = sendAsJson ? text : new URLSearchParams({ [field]: text });
    try {
      const response = await fetch(root + path, { method: "POST", headers: { ...type, ...headers }, body });
      await response.arrayBuffer();
    } catch {
      console.warn(`Could not reach RemoteMonitor root server at ${root}`);
    }
  }
}
