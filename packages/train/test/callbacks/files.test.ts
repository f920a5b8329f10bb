import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { dense } from "@lamella/ir";
import { callbacks } from "@lamella/train";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { fillTemplate } from "../../src/callbacks/file-template.ts";
import { errorOf, numbers, trainerOf } from "../trainer/support.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lamella-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const x = numbers("x", 4, 2);
const y = numbers("y", 4, 1);
const quiet = { verbose: 0, batchSize: 4 } as const;

function trainer() {
  const made = trainerOf([2], (input) => dense(1)(input));
  made.compile({ loss: "mse", metrics: ["mae"] });
  return made;
}

describe("file names with placeholders", () => {
  const values = { epoch: 7, val_loss: 0.012345, big: 12345.6789, negative: -1.5 };
  // As Python's str.format writes them.
  test.each([
    ["{epoch:02d}-{val_loss:.2f}.x", "07-0.01.x"],
    ["{epoch}", "7"],
    ["{epoch:d}{epoch:4d}", "7   7"],
    ["{val_loss:.2e} {big:.1e}", "1.23e-02 1.2e+04"],
    ["{val_loss:.1%}", "1.2%"],
    ["{big:,.1f}", "12,345.7"],
    ["{negative:.1f}{negative:+.0f}", "-1.5-2"],
    ["{{epoch}}-{val_loss}", "{epoch}-0.012345"],
  ])("%s: %s", (template, name) => {
    expect(fillTemplate(template, values, "file")).toBe(name);
  });

  test.each([
    ["{acc:.2f}", "There is no value 'acc' now. Expected: one of epoch, val_loss, big, negative. Received: {acc:.2f}."],
    ["{epoch:zz9}", "The specification 'zz9' cannot be understood."],
    ["{epoch", "There is a '{' alone."],
    ["epoch}", "There is a '}' alone."],
  ])("%s is refused", async (template, text) => {
    const error = await errorOf(() => fillTemplate(template, values, "file"));
    expect(error.code).toBe("config");
    expect(error.message).toContain(`file: ${text}`);
  });

  test("a value that an epoch does not have is named when the file is written", async () => {
    const save = callbacks.modelCheckpoint({ filepath: join(folder, "{val_loss:.2f}.lamella") });
    const error = await errorOf(() => trainer().fit(x, y, { ...quiet, callbacks: [save] }));
    expect(error.message).toContain(
      "ModelCheckpoint, option 'filepath': There is no value 'val_loss' now. Expected: one of epoch, loss, mae.",
    );
  });
});

describe("CSVLogger", () => {
  const file = () => join(folder, "log.csv");
  const content = () => readFile(file(), "utf8");
  const fixed = (logs: Record<string, number>) => ({
    onEpochEnd: (epoch: number, given: Record<string, number>) => {
      for (const name of Object.keys(given)) delete given[name];
      for (const [name, value] of Object.entries(logs)) given[name] = value + epoch;
    },
  });

  // The texts are what Keras 3.15.1 writes, but for the exponents of small numbers.
  test("writes the epochs with columns by name", async () => {
    const logger = callbacks.csvLogger({ filename: file() });
    const log = fixed({ val_loss: 2, loss: 0.5 });
    await trainer().fit(x, y, { ...quiet, epochs: 2, callbacks: [log, logger] });
    expect(await content()).toBe("epoch,loss,val_loss\r\n0,0.5,2\r\n1,1.5,3\r\n");
  });

  test("keeps places for a validation that comes later", async () => {
    const logger = callbacks.csvLogger({ filename: file(), separator: ";" });
    const later = {
      onEpochEnd: (epoch: number, logs: Record<string, number>) => void (epoch > 0 && (logs["val_a"] = 9)),
    };
    await trainer().fit(x, y, { ...quiet, epochs: 2, callbacks: [fixed({ a: 0.5 }), later, logger] });
    expect(await content()).toBe("epoch;a;val_a\r\n0;0.5;NA\r\n1;1.5;9\r\n");
  });

  test("quotes what needs it", async () => {
    const logger = callbacks.csvLogger({ filename: file() });
    await trainer().fit(x, y, { ...quiet, callbacks: [fixed({ "a,b": 1, 'val_"c"': 2 }), logger] });
    expect(await content()).toBe('epoch,"a,b","val_""c"""\r\n0,1,2\r\n');
  });

  test("starts the file again, or goes on in it without another header", async () => {
    const options = { ...quiet, callbacks: [fixed({ val_a: 1 }), callbacks.csvLogger({ filename: file() })] };
    await trainer().fit(x, y, options);
    await trainer().fit(x, y, options);
    expect(await content()).toBe("epoch,val_a\r\n0,1\r\n");
    const on = callbacks.csvLogger({ filename: file(), append: true });
    await trainer().fit(x, y, { ...quiet, initialEpoch: 1, epochs: 2, callbacks: [fixed({ val_a: 1 }), on] });
    expect(await content()).toBe("epoch,val_a\r\n0,1\r\n1,2\r\n");
    await writeFile(file(), "");
    await trainer().fit(x, y, { ...quiet, callbacks: [fixed({ val_a: 1 }), on] });
    expect(await content()).toBe("epoch,val_a\r\n0,1\r\n");
  });
});
