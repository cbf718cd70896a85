/**
 * Where mutation testing looks, and the tests that are to notice.
 * @module
 */

export interface MutantRoom {
  /** Globs of the code that is changed. */
  readonly mutate: readonly string[];
  /** Globs of the tests that run against it. */
  readonly tests: readonly string[];
}

/** What only a browser or workerd has: page tests and those of Cloudflare hold it. */
const elsewhere = [
  "!src/vfs/browser-store.ts",
  "!src/vfs/move/move-store.ts",
  "!src/vfs/backends/site-data.ts",
  "!src/vfs/backends/chromium-opfs.ts",
  "!src/vfs/backends/held-files.ts",
  "!src/vfs/backends/durable-object.ts",
  "!src/vfs/backends/open-database.ts",
  "!src/vfs/backends/opfs-log/open.ts",
  "!src/vfs/backends/opfs-log/opfs-directory.ts",
];
const noTests = ["!src/**/*.test.ts", "!src/**/*.property.ts"];

export const mutantRooms: Readonly<Record<string, MutantRoom>> = {
  guard: {
    mutate: ["src/lua/guard/*.ts", ...noTests],
    tests: ["src/lua/guard/*.test.ts", "src/lua/vm.test.ts", "src/lua/waiting/*.test.ts"],
  },
  policy: { mutate: ["src/policy/**/*.ts", ...noTests], tests: ["src/policy/**/*.test.ts"] },
  net: { mutate: ["src/net/**/*.ts", ...noTests], tests: ["src/net/**/*.test.ts"] },
  vfs: {
    mutate: ["src/vfs/**/*.ts", ...elsewhere, ...noTests],
    // Who moves, checks or exports the store of a whole engine holds what it promises, too. Engines in threads run dist/, which no mutant reaches.
    tests: [
      "src/vfs/**/*.test.ts",
      "src/vfs/**/*.property.ts",
      "src/platforms/node/storage.test.ts",
      "src/platforms/page/store-lock.test.ts",
      "src/engine/barrier.test.ts",
      "src/engine/databases/storage.test.ts",
      "src/sqlite/files/opfs.test.ts",
    ],
  },
  wire: {
    mutate: ["src/wire/**/*.ts", ...noTests],
    tests: ["src/wire/**/*.test.ts", "src/client/**/*.test.ts", "src/platforms/page/worker-link.test.ts"],
  },
  lifecycle: {
    mutate: ["src/skills/lifecycle/**/*.ts", ...noTests],
    tests: ["src/skills/lifecycle/**/*.test.ts"],
  },
};
