import { reference } from "@lamella/runtime";
import { expect, test, vi } from "vitest";

import { absence, requiredBackends } from "../src/required.ts";
import { subjects } from "../src/subjects.ts";

const missing = { ...reference(), name: "tfjs-native", check: async () => "It is not installed." };

test("REQUIRE_BACKENDS names backends of subjects", () => {
  expect([...requiredBackends("")]).toEqual([]);
  const all = requiredBackends("reference,onnxruntime,tfjs-cpu,tfjs-wasm,tfjs-native,tfjs-webgpu");
  const tested = new Set(Object.values(subjects).map(({ subject }) => subject.backend.name));
  expect(all.size).toBe(6);
  expect([...all].filter((name) => !tested.has(name))).toEqual([]);
});

test("a name that is unknown is an error", () => {
  expect(() => requiredBackends("reference,tfjs")).toThrow(
    "REQUIRE_BACKENDS: unknown backend 'tfjs', expected some of",
  );
});

test("what is not there takes no part and says so in one line, unless it is required", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  expect(await absence(missing, requiredBackends("tfjs-native"))).toBeUndefined();
  expect(await absence(reference(), requiredBackends(""))).toBeUndefined();
  expect(warn).not.toHaveBeenCalled();
  expect(await absence(missing, requiredBackends("reference"))).toBe("It is not installed.");
  expect(warn.mock.calls).toEqual([["tfjs-native is left out: It is not installed."]]);
});
