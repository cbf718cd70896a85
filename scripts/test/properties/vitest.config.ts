import { defineConfig } from "vitest/config";

// Properties of functions over random input (fast-check), a stage of `npm test` of its own. A failure prints its seed and the
// smallest counterexample; PROPERTY_RUNS=100000 npm run properties looks longer.
export default defineConfig({
  test: {
    include: ["src/**/*.property.ts"],
    globalSetup: ["scripts/wasm/vitest-setup.ts"],
    setupFiles: ["test/load-yaml.ts", "scripts/test/properties/runs.ts"],
    pool: "forks",
    testTimeout: 600_000,
  },
});
