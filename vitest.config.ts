import { defineConfig } from "vitest/config";

const own = "@lamella/source"; // workspace packages resolve to their TypeScript, so nothing has to be built first

/** Whose test files share processes, one after another: what they have in common is loaded once. */
const shared = "packages/{data,format,functional,ir,keras,lamella,onnx,runtime,sequential,train}";

export default defineConfig({
  resolve: { conditions: [own, "module", "browser", "development|production"] },
  ssr: { resolve: { conditions: [own, "module", "node", "development|production"] } },
  test: {
    maxWorkers: "100%",
    testTimeout: 30_000, // a busy machine is slow, not wrong
    // Projects start in the order of their names: the longest files, which are in the first, do not come last.
    projects: [
      {
        extends: true,
        test: {
          name: "alone",
          include: ["{packages,apps,examples,internal}/*/test/**/*.test.ts", "tools/test/**/*.test.ts"],
          exclude: [`${shared}/**`],
        },
      },
      {
        extends: true,
        test: {
          name: "shared",
          include: [`${shared}/test/**/*.test.ts`],
          isolate: false,
          setupFiles: "./tools/restore-mocks.ts",
        },
      },
    ],
    reporters: ["default", "./tools/count-reporter.ts"],
    coverage: { provider: "v8", include: ["{packages,apps,examples,internal}/*/src/**/*.ts"], exclude: ["**/gen/**"] },
  },
});
