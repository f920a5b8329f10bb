import { expect, test } from "vitest";

import type { Handle } from "../src/device.ts";
import { devices } from "../src/devices/index.ts";
import { Machine } from "../src/machine.ts";

test("values are read in their own dtype, when their data were written in another one, as after WebGL's Cast", async () => {
  const { core, backend } = await devices.cpu.load();
  const machine = new Machine({ core, backend });
  const written: readonly Handle[] = [
    machine.write(Int32Array.of(2, -3), [2], "int32"),
    machine.write(Uint8Array.of(1, 0), [2], "bool"),
  ];
  const read = written.map((handle) => machine.read({ ...handle, dtype: "float32" }));
  expect(await Promise.all(read)).toEqual([Float32Array.of(2, -3), Float32Array.of(1, 0)]);
  for (const handle of written) machine.free(handle);
});
