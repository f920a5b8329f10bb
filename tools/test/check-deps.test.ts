import { expect, test } from "vitest";

import { arrows, checkPackages, importSpecifiers, type Manifest, type Package } from "../check-deps.ts";

const exports = { ".": "./src/index.ts", "./package.json": "./package.json" };

function library(
  name: string,
  dependencies: readonly string[] = [],
  source = "",
  field: keyof Manifest = "dependencies",
): Package {
  const dir = `packages/${name.replace("@lamella/", "")}`;
  const listed = Object.fromEntries(dependencies.map((dependency) => [dependency, "workspace:*"]));
  return { dir, manifest: { name, exports, [field]: listed }, sources: new Map([[`${dir}/src/index.ts`, source]]) };
}

const ir = library("@lamella/ir");

test("the table has no cycle and every arrow ends at a package of the table", () => {
  const done = new Set<string>();
  const left = new Set(Object.keys(arrows));
  for (;;) {
    const ready = [...left].filter((name) => arrows[name]?.every((target) => done.has(target)));
    if (ready.length === 0) break;
    for (const name of ready) {
      left.delete(name);
      done.add(name);
    }
  }
  expect([...left]).toEqual([]);
});

test("counts the arrows of package.json files and ignores packages from elsewhere", () => {
  const packages = [
    ir,
    library("@lamella/format", ["@lamella/ir", "flatbuffers"], 'import { Builder } from "flatbuffers";'),
    library("@lamella/runtime", ["@lamella/ir"], 'export * from "@lamella/ir";\nimport "./own.ts";'),
  ];
  expect(checkPackages(packages)).toEqual({ arrows: 2, errors: [] });
});

test.for(["dependencies", "peerDependencies", "optionalDependencies", "devDependencies"] as const)(
  "refuses an arrow that points the other way in %s",
  (field) => {
    const { errors } = checkPackages([
      library("@lamella/ir", ["@lamella/runtime"], "", field),
      library("@lamella/runtime"),
    ]);
    expect(errors).toEqual([
      `@lamella/ir: package.json ${field} names @lamella/runtime, but @lamella/ir may use no other package`,
    ]);
  },
);

test("refuses a private package and a package that the table does not know", () => {
  const { errors } = checkPackages(
    [library("@lamella/format", ["@lamella-internal/conformance"]), library("@lamella/novel")],
    ["@lamella-internal/conformance"],
  );
  expect(errors).toEqual([
    "@lamella/format: package.json dependencies names @lamella-internal/conformance, but @lamella/format may use only @lamella/ir",
    "@lamella/novel: not in the table of tools/check-deps.ts; say there what it may depend on",
  ]);
});

test.for<[source: string, problem: string]>([
  ['import { train } from "@lamella/train";', "but @lamella/onnx may use only @lamella/ir"],
  ['const run = await import("@lamella/runtime");', "but @lamella/onnx may use only @lamella/ir"],
  [
    'import type { Graph } from "@lamella/ir/src/graph.ts";',
    "which is no entry point: @lamella/ir exports ., ./package.json",
  ],
  [
    'import { graph } from "../../ir/src/graph.ts";',
    "which lies outside its package: import the other package by name",
  ],
  ['import { parse } from "@lamella/onnx";', "its own package: import the file by a relative path"],
])("refuses %s", ([source, problem]) => {
  const { errors } = checkPackages([
    ir,
    library("@lamella/runtime"),
    library("@lamella/onnx", ["@lamella/ir"], source),
  ]);
  expect(errors).toEqual([expect.stringContaining(problem)]);
});

test.for(["dependencies", "devDependencies"] as const)(
  "an import needs an entry under dependencies, not %s alone",
  (field) => {
    const { errors } = checkPackages([
      ir,
      library("@lamella/onnx", ["@lamella/ir"], 'import type { Graph } from "@lamella/ir";', field),
    ]);
    expect(errors.length).toBe(field === "dependencies" ? 0 : 1);
  },
);

test("finds every form of import and skips comments", () => {
  const source = `
    import a, { type B } from "one";
    import "two";
    import {
      c, // from "no"
    } from 'three';
    export * from "four"; // import "no"
    export type { D } from "five";
    /** Example: import { e } from "no" */
    const url = "http://host"; const f = await import("six");
    let g: import("seven").G;
  `;
  expect(importSpecifiers(source)).toEqual(["one", "two", "three", "four", "five", "six", "seven"]);
});
