/**
 * esbuild plugins for code that runs where there is no Node and no bundler of ours.
 * @module
 */
import { readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import path from "node:path";
import type { Plugin } from "esbuild";

const builtins = new RegExp(`^(?:node:)?(?:${builtinModules.filter((m) => !m.startsWith("_")).join("|")})$`);

const forNode = /node_modules[\\/](?:commander|@clack|@modelcontextprotocol)[\\/]/;

/**
 * wasmoon's UMD build names `module`, `url` and others in branches for Node. They become empty modules, or a consumer's
 * bundler would stumble over them. Our own sources get no such mercy, and neither do packages that only run in Node.
 */
export const stubNodeInPackages: Plugin = {
  name: "stub-node-in-packages",
  setup(b) {
    b.onResolve({ filter: builtins }, (a) =>
      a.importer.includes("node_modules") && !forNode.test(a.importer)
        ? { path: a.path, namespace: "node-stub" }
        : undefined,
    );
    b.onLoad({ filter: /.*/, namespace: "node-stub" }, () => ({ contents: "export {};" }));
  },
};

/** The embedded shell's gzip takes its codec from Node; elsewhere it gets ours. */
export const zlibForShell: Plugin = {
  name: "zlib-for-shell",
  setup(b) {
    b.onResolve({ filter: /^node:zlib$/ }, (a) =>
      /[\\/]just-bash[\\/]/.test(a.importer)
        ? { path: path.join(b.initialOptions.absWorkingDir ?? "", "src/process/shell/node-zlib.ts") }
        : undefined,
    );
  },
};

/** A text that must be there exactly once is replaced; a new version of the package stops the build instead of slipping by. */
function replaceOnce(text: string, from: string, to: string, file: string): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`${file}: "${from}" found ${parts.length - 1} times, expected exactly once`);
  return parts.join(to);
}

/**
 * sqlite-wasm refers to sibling files that we do not ship (its own worker, the OPFS proxy). Bundlers of consumers follow
 * `new URL(…, import.meta.url)` and would fail. sqlite3.wasm is always passed to it explicitly.
 */
export const sqliteWithoutSiblings: Plugin = {
  name: "sqlite-without-siblings",
  setup(b) {
    b.onLoad({ filter: /@sqlite\.org[\\/]sqlite-wasm[\\/]dist[\\/]index\.mjs$/ }, async (a) => {
      let contents = await readFile(a.path, "utf8");
      for (const file of ["sqlite3.wasm", "sqlite3-opfs-async-proxy.js", "sqlite3-worker1.mjs"]) {
        const unavailable = `new URL("about:blank#${file}")`;
        contents = replaceOnce(contents, `new URL("${file}", import.meta.url)`, unavailable, a.path);
      }
      return { contents, loader: "js" };
    });
  },
};
