/**
 * What the package publishes: one row per entry point. build.ts makes the files, check/package.ts holds package.json's
 * exports against this table.
 * @module
 */

export interface Entry {
  /** File name in dist/ without `.js`. */
  readonly name: string;
  /** TypeScript entry. */
  readonly source: string;
  /**
   * browser: all in one file, and files it fetches when it needs them; shared: the entries of this kind (Node, Deno, Bun,
   * Workers) have their chunks together, packages that are installed with ours and `.wasm` files stay imports.
   */
  readonly platform: "browser" | "shared";
  /** Key in package.json's exports; absent for executables and for files that ours load. */
  readonly subpath?: string;
  readonly executable?: boolean;
  /** An optional package that goes into the file all the same: where it is used nothing can be installed beside it. */
  readonly includes?: string;
}

export const entries: readonly Entry[] = [
  { name: "index", source: "src/index.ts", platform: "browser", subpath: "." },
  { name: "worker", source: "worker/engine.worker.ts", platform: "browser", subpath: "./worker" },
  { name: "modules", source: "src/modules/index.ts", platform: "browser", subpath: "./modules" },
  { name: "genx", source: "src/genx/index.ts", platform: "shared", subpath: "./genx" },
  { name: "client", source: "src/http/client/index.ts", platform: "browser", subpath: "./client" },
  { name: "react", source: "src/adapters/react/index.ts", platform: "shared", subpath: "./react" },
  { name: "tools", source: "src/adapters/tools/index.ts", platform: "shared", subpath: "./tools" },
  { name: "ai-sdk", source: "src/adapters/ai-sdk/index.ts", platform: "shared", subpath: "./ai-sdk" },
  { name: "code", source: "src/adapters/code/index.ts", platform: "shared", subpath: "./code" },
  { name: "openai", source: "src/adapters/openai/index.ts", platform: "shared", subpath: "./openai" },
  { name: "anthropic", source: "src/adapters/anthropic/index.ts", platform: "shared", subpath: "./anthropic" },
  { name: "webmcp", source: "src/adapters/webmcp/index.ts", platform: "shared", subpath: "./webmcp" },
  {
    name: "agent-skills",
    source: "src/adapters/agent-skills/index.ts",
    platform: "shared",
    subpath: "./agent-skills",
  },
  { name: "edge", source: "src/platforms/node/index.ts", platform: "shared", subpath: "./edge" },
  { name: "mcp", source: "src/adapters/mcp/index.ts", platform: "shared", subpath: "./mcp" },
  { name: "testing", source: "src/testing/kit/index.ts", platform: "shared", subpath: "./testing" },
  { name: "cloudflare", source: "src/platforms/cloudflare/index.ts", platform: "shared", subpath: "./cloudflare" },
  { name: "shell", source: "src/process/shell/index.ts", platform: "shared", subpath: "./shell" },
  { name: "inline", source: "src/platforms/page/inline.ts", platform: "shared", subpath: "./inline" },
  { name: "bridge", source: "src/bridge/index.ts", platform: "shared", subpath: "./bridge" },
  { name: "bridge-sqlite", source: "worker/bridge-sqlite.ts", platform: "shared" },
  { name: "node-thread", source: "worker/node-thread.ts", platform: "shared" },
  {
    name: "cli-mcp",
    source: "src/cli/mcp/transports.ts",
    platform: "shared",
    includes: "@modelcontextprotocol/sdk",
  },
  { name: "cli", source: "src/cli/main.ts", platform: "shared", executable: true },
];

/** `.wasm` files that stay siblings of the code: [file in dist/, where it comes from]; lua.wasm is made by build:wasm. */
export const copiedAssets: ReadonlyArray<readonly [file: string, from: string]> = [
  ["sqlite3.wasm", "node_modules/@sqlite.org/sqlite-wasm/dist/sqlite3.wasm"],
];

/** Brotli sizes that must not grow past a limit: [what, files, bytes]. */
export const sizeLimits: ReadonlyArray<readonly [what: string, files: readonly string[], bytes: number]> = [
  ["cold start of a tab, before SQLite", ["index.js", "worker.js", "lua.wasm"], 180 * 1024],
  // The platform takes 3 MB gzipped on its free plan; most of that belongs to the user's own Worker. Its lazy chunks are part of
  // it: the FFI and the Lua packages of `require` (some 110 KB), the packages of the modules crypto and uuid (15 KB), the engine for
  // regular expressions (40 KB), the modules fs, sql, template, html, queue, websocket and eval_runner (22 KB), and 7 KB by which
  // sqlite3.wasm counts its loops.
  [
    "a Cloudflare Worker",
    ["cloudflare.js", "lua.wasm", "sqlite3.wasm", "trampolines.wasm", "vectors.wasm"],
    984 * 1024,
  ],
];
