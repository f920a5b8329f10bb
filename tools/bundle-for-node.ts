// Makes one file of the package in the current folder, dist/node/index.js, which Node loads in place of dist/index.js and a hundred others.
import { rolldown } from "rolldown";

await using bundle = await rolldown({
  input: "dist/index.js",
  platform: "node",
  external: (id) => !id.startsWith(".") && !id.startsWith("/"),
  onLog: (_, { message }) => {
    throw new Error(message);
  },
});
await bundle.write({ dir: "dist/node", entryFileNames: "index.js", chunkFileNames: "[name].js" });
