import { LamellaError, unknownName } from "@lamella/ir";

import type { PlotOptions } from "./history-svg.ts";

/** Values by name, as they are reported after a batch or an epoch. */
export type Logs = Record<string, number>;

/** What `fit` gives: every reported value, epoch by epoch. (Keras: History.) */
export class History {
  readonly epoch: number[] = [];
  /** By Keras's names: `loss`, `accuracy`, `val_loss`, ... */
  readonly history: Record<string, number[]> = {};
  /** The epochs of the values: what is validated now and then has fewer. */
  private readonly epochsOf: Record<string, number[]> = {};

  add(epoch: number, logs: Logs): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs)) {
      (this.history[name] ??= []).push(value);
      (this.epochsOf[name] ??= []).push(epoch);
    }
  }

  /**
   * The curves as an SVG picture: a chart for each name, with what was trained and what was validated.
   *
   * @throws LamellaError `name` for names that are not there
   */
  async toSvg(options: PlotOptions = {}): Promise<string> {
    const known = [...new Set(Object.keys(this.history).map((name) => name.replace(/^val_/u, "")))];
    const stranger = options.names?.find((name) => !known.includes(name));
    if (stranger !== undefined) throw unknownName("value", stranger, known, "History.toSvg, option 'names'");
    const { historySvg } = await import("./history-svg.ts");
    const curves = Object.entries(this.history).map(([name, values]) => ({
      name,
      values,
      epochs: this.epochsOf[name] ?? [...values.keys()],
    }));
    return historySvg(curves, options);
  }

  /**
   * Writes the curves to an SVG or a PNG file, in Node. PNG needs the package @resvg/resvg-js.
   *
   * @throws LamellaError `unsupported` for a file name that ends like that of anything else
   */
  async plot(path: string, options: PlotOptions = {}): Promise<void> {
    const extension = /\.\w+$/u.exec(path)?.[0].toLowerCase() ?? ".svg";
    if (extension !== ".svg" && extension !== ".png") {
      throw new LamellaError("unsupported", {
        where: "History.plot",
        problem: "The curves are drawn as SVG or PNG.",
        expected: "a file name that ends with .svg or .png",
        received: path,
      });
    }
    const svg = await this.toSvg(options);
    const picture = extension === ".svg" ? svg : await (await import("./png-of.ts")).pngOf(svg);
    const { writeFile } = await import("node:fs/promises");
    await writeFile(path, picture);
  }
}
