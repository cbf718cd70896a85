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

/** The copy of re2js inside just-bash's bundle: one module of esbuild's, made when it is first used. */
const re2OfShell = /var (?:[\w$]+,)+([\w$]+)=[\w$]+\(\(\)=>\{[\w$]+=class \w+\{static FOLD_CASE=1;/g;
const re2OfShellEnds = "this.flagsInput===t.flagsInput&&this.patternInput===t.patternInput}}});";

/** Where just-bash asks for Node's Buffer without looking whether there is one: `gzip`, and `curl -u`. */
const withoutBuffer: ReadonlyArray<readonly [from: string, to: string]> = [
  [
    'return Buffer.from(e).toString("latin1")}',
    'let s="";for(let i=0;i<e.length;i+=8192)s+=String.fromCharCode(...e.subarray(i,i+8192));return s}',
  ],
  [
    'let r=Buffer.from(e.user).toString("base64")',
    "let r=btoa(String.fromCharCode(...new TextEncoder().encode(e.user)))",
  ],
];

/** The embedded shell brings re2js of an older version in its bundle; it gets the file that the package has of it, and does without Node. */
export const justBashForPages: Plugin = {
  name: "just-bash-for-pages",
  setup(b) {
    b.onLoad({ filter: /[\\/]just-bash[\\/]dist[\\/]bundle[\\/]browser\.js$/ }, async (a) => ({
      contents: withoutBuffer.reduce(
        (text, [from, to]) => replaceOnce(text, from, to, a.path),
        withoutOwnRe2(await readFile(a.path, "utf8"), a.path),
      ),
      loader: "js",
    }));
  },
};

function withoutOwnRe2(text: string, file: string): string {
  const begin = onlyMatch(re2OfShell, text, file);
  const end = text.indexOf(re2OfShellEnds, begin.index);
  if (end < 0) throw new Error(`${file}: the end of re2js was not found`);
  const code = text.slice(0, begin.index) + text.slice(end + re2OfShellEnds.length);
  const [, engine] = onlyMatch(/this\._re2=([\w$]+)\.compile\(/g, code, file);
  const [, fault] = onlyMatch(/catch\(s\)\{if\(s instanceof ([\w$]+)\)\{let i=s\.message/g, code, file);
  return `import{RE2JS as ${engine},RE2JSSyntaxException as ${fault}}from"re2js";var ${begin[1]}=()=>{};${code}`;
}

/** As {@link replaceOnce}: there is exactly one. */
function onlyMatch(pattern: RegExp, text: string, file: string): RegExpExecArray {
  const [found, ...more] = text.matchAll(pattern);
  if (found === undefined || more.length > 0) throw new Error(`${file}: ${pattern} does not match exactly once`);
  return found;
}

/** How a part of sqlite-wasm begins. */
const partStart = "globalThis.sqlite3ApiBootstrap.initializers.push(function(sqlite3) {";
/**
 * What is in the parts that are left out, once each: the object interface, its worker, virtual tables, and the stores for files that
 * are not ours. We use the C interface and a VFS of our own.
 */
const unusedParts: readonly string[] = [
  "sqlite3.oo1 = {",
  "sqlite3.initWorker1API = function() {",
  "sqlite3.vtab = vtab;",
  "if (sqlite3.config.disable?.vfs?.kvvfs) return;",
  'if (sqlite3.config.disable?.vfs?.opfs && sqlite3.config.disable.vfs["opfs-vfs"]) return;',
  "if (!sqlite3.opfs || sqlite3.config.disable?.vfs?.opfs) return;",
  'if (sqlite3.config.disable?.vfs?.["opfs-sahpool"]) return;',
  'if (!sqlite3.opfs || sqlite3.config.disable?.vfs?.["opfs-wl"]) return;',
];

/** Such a part returns at once, and the minifier drops what comes behind. */
function withoutUnusedParts(text: string, file: string): string {
  const [head = "", ...parts] = text.split(partStart);
  const unused = unusedParts.map((mark) => {
    const [found, ...more] = parts.filter((part) => part.includes(mark));
    if (found === undefined || more.length > 0) throw new Error(`${file}: "${mark}" is not in exactly one part`);
    return found;
  });
  return [head, ...parts.map((part) => (unused.includes(part) ? ` return;${part}` : part))].join(partStart);
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
      return { contents: withoutUnusedParts(contents, a.path), loader: "js" };
    });
  },
};
