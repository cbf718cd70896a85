import { defineConfig } from "vitest/config";

// `import text from "./x.lua?raw"` is Vite's own syntax; scripts/build/bundle.ts teaches esbuild the same.
export default defineConfig({
  // What @cloudflare/codemode imports from the platform, for the tests that run it elsewhere.
  resolve: {
    alias: { "cloudflare:workers": new URL("test/adapters/code/workers-stand-in.ts", import.meta.url).pathname },
  },
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
    server: { deps: { inline: ["@cloudflare/codemode"] } },
    pool: "forks",
    testTimeout: 60_000,
    // What is prepared may take as long as what is tested, on a machine that does other things.
    hookTimeout: 60_000,
  },
});
