import { defineConfig } from "vitest/config";

// `import text from "./x.lua?raw"` is Vite's own syntax; scripts/build/bundle.ts teaches esbuild the same.
export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "scripts/**/*.test.ts"],
    exclude: [
      "node_modules/**",
      "dist/**",
      "test/browser/**",
      "test/edge/**",
      "test/conformance/cases/**",
      "test/soak/**",
    ],
    globalSetup: ["scripts/wasm/vitest-setup.ts"],
    // The product loads the parser with the first skill; tests of single functions do not go that way.
    setupFiles: ["test/load-yaml.ts"],
    pool: "forks",
    testTimeout: 20_000,
  },
});
