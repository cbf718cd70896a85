import { defineConfig } from "vitest/config";

// The tests of one room; scripts/test/mutants/main.ts says which, and Stryker runs them in a copy of the repository.
export default defineConfig({
  test: {
    include: (process.env.MUTANT_TESTS ?? "").split(","),
    globalSetup: ["scripts/wasm/vitest-setup.ts"],
    setupFiles: ["test/load-yaml.ts"],
    testTimeout: 20_000,
  },
});
