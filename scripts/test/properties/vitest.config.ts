import { defineConfig } from "vitest/config";

// Tests over random histories (src/testing/histories.ts): unit tests that `npm run fuzz` runs for long.
const histories = [
  "src/vfs/tree-store.test.ts",
  "src/vfs/backends/{directory,checkpointed}.test.ts",
  "src/vfs/backends/opfs-log/log.test.ts",
];

// Properties of functions over random input (fast-check), a stage of `npm test` of its own. A failure prints its seed and the
// smallest counterexample; PROPERTY_RUNS=100000 npm run properties looks longer.
export default defineConfig({
  test: {
    include: ["src/**/*.property.ts", ...(process.env.PROPERTY_SEED === undefined ? [] : histories)],
    globalSetup: ["scripts/wasm/vitest-setup.ts"],
    setupFiles: ["test/load-yaml.ts", "scripts/test/properties/runs.ts"],
    pool: "forks",
    testTimeout: 600_000,
    hookTimeout: 60_000,
  },
});
