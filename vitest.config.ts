import { defineConfig } from "vitest/config";

const own = "@lamella/source"; // workspace packages resolve to their TypeScript, so nothing has to be built first

export default defineConfig({
  resolve: { conditions: [own, "module", "browser", "development|production"] },
  ssr: { resolve: { conditions: [own, "module", "node", "development|production"] } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          include: ["{packages,apps,examples,internal}/*/test/**/*.test.ts", "tools/test/**/*.test.ts"],
          exclude: ["**/*.browser.test.ts"],
          testTimeout: 30_000, // a busy machine is slow, not wrong
        },
      },
    ],
    reporters: ["default", "./tools/count-reporter.ts"],
    coverage: { provider: "v8", include: ["{packages,apps,examples,internal}/*/src/**/*.ts"], exclude: ["**/gen/**"] },
  },
});
