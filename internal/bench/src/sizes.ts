import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { rolldown } from "rolldown";

const programs = {
  "a Dense model, as JSON": `
    import { dense } from "@lamella/ir";
    import { sequential } from "@lamella/sequential";
    console.log(sequential([dense(1, { inputShape: [4] })]).toJson());`,
  "a Dense model, lowered": `
    import { dense, lower } from "@lamella/ir";
    import { sequential } from "@lamella/sequential";
    console.log(lower(sequential([dense(1, { inputShape: [4] })])));`,
  "a CNN, lowered": `
    import { conv2d, dense, dropout, flatten, lower, maxPooling2d } from "@lamella/ir";
    import { sequential } from "@lamella/sequential";
    const layers = [conv2d(3, 3, { inputShape: [8, 8, 1] }), maxPooling2d(), flatten(), dropout(0.5), dense(1)];
    console.log(lower(sequential(layers)));`,
  "an LSTM, lowered": `
    import { dense, embedding, lower, lstm } from "@lamella/ir";
    import { sequential } from "@lamella/sequential";
    console.log(lower(sequential([embedding(10, 4, { maskZero: true }), lstm(8), dense(1)])));`,
  "everything in both packages": `
    export * from "@lamella/ir";
    export * from "@lamella/sequential";`,
};

const entry = fileURLToPath(new URL("entry.ts", import.meta.url));

async function bundle(program: string): Promise<Uint8Array> {
  await using build = await rolldown({
    input: entry,
    platform: "browser",
    onLog: (_, { message }) => {
      throw new Error(message);
    },
    resolve: { conditionNames: ["@lamella/source", "import"] },
    plugins: [
      {
        name: "program",
        resolveId: (id) => (id === entry ? entry : null),
        load: (id) => (id === entry ? program : null),
      },
    ],
  });
  const { output } = await build.generate({ format: "esm", minify: true });
  return Buffer.from(output[0].code);
}

/** How many bytes of `@lamella/ir` and `@lamella/sequential` reach a browser with some programs. */
export async function benchSizes(): Promise<void> {
  console.log("@lamella/ir + @lamella/sequential, tree-shaken: kB minified, kB minified and gzipped");
  for (const [name, program] of Object.entries(programs)) {
    const code = await bundle(program);
    const kB = (bytes: Uint8Array) => (bytes.length / 1000).toFixed(1);
    console.log(`${name}: ${kB(code)}, ${kB(gzipSync(code, { level: 9 }))}`);
  }
}
