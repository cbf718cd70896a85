/**
 * Dynamic imports in browser code. What `import("…")` names becomes a file beside the entry.
 *
 * Such a file is on its own, so it must not bring second copies of modules the entry has too: two copies of an error class
 * do not recognise each other. It is a function of what it takes from the entry, and the entry calls it when it is there. So
 * whoever has the same modules can use the same file (../files-of-pages.ts).
 * @module
 */
import path from "node:path";
import { type BuildOptions, type BuildResult, type Plugin, transform } from "esbuild";
import { bundleForBrowser, root } from "../bundle.ts";
import { importsApart } from "./apart.ts";
import { type LazyFiles, lazyImports } from "./lazy-imports.ts";
import { asEntry, asLazyFile } from "./rewrites.ts";
import { refuseSharedState } from "./shared-state.ts";
import { Taken, takenName } from "./taken.ts";

export type Bundled = BuildResult<{ metafile: true; write: false }>;
export type LazyOptions = BuildOptions & { readonly outdir: string; readonly write: false };

/** What an entry became. */
export interface LazyBundle {
  readonly results: readonly Bundled[];
  /** What its lazy files take from it. */
  readonly taken: Taken;
  /** Those that take something: file name without `.js` → its modules. */
  readonly taking: ReadonlyMap<string, Bundled>;
}

interface Shared {
  /** Modules the entry holds. */
  readonly eager: ReadonlySet<string>;
  readonly taken: Taken;
  readonly taking: Map<string, Bundled>;
  /** What these wait for. */
  readonly needed: Map<string, ReadonlySet<string>>;
  readonly lazy: LazyFiles;
  readonly prefix: string;
  readonly options: LazyOptions;
}

/** A page and its worker: by far the most files. */
const unprefixed: ReadonlySet<string> = new Set(["index", "worker"]);

/** The entry and its lazy files; nothing is written. */
export async function bundleWithLazyFiles(
  { name, source }: { readonly name: string; readonly source: string },
  options: LazyOptions,
): Promise<LazyBundle> {
  const lazy: LazyFiles = new Map();
  // What lazy files take is numbered for one entry: no two entries share such a file.
  const prefix = unprefixed.has(name) ? "" : `${name}-`;
  const entry = ({ plugins = [], ...rest }: BuildOptions): Promise<Bundled> =>
    bundleForBrowser({ ...options, ...rest, write: false, plugins: [...plugins, lazyImports(lazy, prefix)] });
  const plain = await entry({ entryPoints: { [name]: source } });
  const taken = new Taken();
  const taking = new Map<string, Bundled>();
  const needed = new Map<string, ReadonlySet<string>>();
  if (lazy.size === 0) return { results: [plain], taken, taking };

  const shared: Shared = {
    eager: new Set(Object.keys(plain.metafile.inputs)),
    taken,
    taking,
    needed,
    lazy,
    prefix,
    options,
  };
  const files: Bundled[] = [];
  const seen = lazy.size;
  for (const [file, target] of byName(lazy)) files.push(await bundleLazyFile(file, target, shared));
  refuseSharedState(files);
  if (taken.size === 0 && lazy.size === seen) return { results: [opaque(plain), ...files], taken, taking };

  // Only the entry's URLs are seen by bundlers: what a lazy file imports dynamically is fetched by the entry.
  for (const [file, target] of lazy) {
    taken.found(`./${file}.js`, target.endsWith(".ts") ? `./${target}` : target);
  }
  const full = await entry({
    stdin: {
      contents: `export * from "./${source}";\n${taken.source(takenName)}`,
      resolveDir: root,
      sourcefile: `${name}-with-table.js`,
    },
    plugins: [keepEntry(source)],
    outdir: undefined,
    outfile: path.join(options.outdir, `${name}.js`),
  });
  return { results: [opaque(full, needed), ...files], taken, taking };
}

/**
 * All of them, those too that come while others are bundled. The first by name is the next: esbuild meets them in another order at
 * every build, and what they take is numbered as they come.
 */
function* byName(lazy: LazyFiles): Generator<readonly [file: string, target: string]> {
  const done = new Set<string>();
  for (;;) {
    const [next] = [...lazy].filter(([file]) => !done.has(file)).sort(([a], [b]) => (a < b ? -1 : 1));
    if (next === undefined) return;
    done.add(next[0]);
    yield next;
  }
}

/** package.json's sideEffects speak of dist/; read for a source, they would throw the whole entry away. */
const keepEntry = (source: string): Plugin => ({
  name: "keep-entry",
  setup(b) {
    b.onResolve({ filter: /^\./ }, ({ path: specifier, importer }) =>
      specifier === `./${source}` && importer.endsWith("-with-table.js")
        ? { path: path.join(root, source), sideEffects: true }
        : undefined,
    );
  },
});

/** Modules of ours that the entry holds are imported from `table:<module>`. */
const fromTable = (eager: ReadonlySet<string>): Plugin => ({
  name: "from-table",
  setup(b) {
    b.onResolve({ filter: /^\./ }, ({ kind, path: specifier, resolveDir }) => {
      if (kind === "entry-point") return undefined;
      const module = path.relative(root, path.resolve(resolveDir, specifier)).replaceAll(path.sep, "/");
      return eager.has(module) ? { path: `table:${module}`, external: true } : undefined;
    });
  },
});

async function bundleLazyFile(file: string, target: string, shared: Shared): Promise<Bundled> {
  const { eager, taken, taking, needed, lazy, prefix, options } = shared;
  const waitsFor = new Set<string>();
  const result: Bundled = await bundleForBrowser({
    ...options,
    write: false,
    minify: false,
    compactLua: options.minify === true,
    sourcemap: "inline",
    entryPoints: { [file]: target },
    plugins: [fromTable(eager), importsApart(lazy, prefix, target, waitsFor), lazyImports(lazy, prefix)],
  });
  const [output] = result.outputFiles;
  if (output === undefined) throw new Error(`${target} gave no file`);
  const text = asLazyFile(file, output.text, taken);
  if (text !== output.text) {
    taking.set(file, result);
    needed.set(file, waitsFor);
  }
  const { code, map } = await transform(text, {
    minify: true,
    sourcemap: true,
    sourcefile: `${file}.js`,
    format: "esm",
  });
  const js = path.join(options.outdir, `${file}.js`);
  return {
    ...result,
    outputFiles: [
      withText({ ...output, path: `${js}.map` }, map),
      withText({ ...output, path: js }, `${code}//# sourceMappingURL=${file}.js.map\n`),
    ],
  };
}

function opaque(result: Bundled, taking?: ReadonlyMap<string, ReadonlySet<string>>): Bundled {
  const outputFiles = result.outputFiles.map((output) =>
    output.path.endsWith(".js") ? withText(output, asEntry(output.text, taking)) : output,
  );
  return { ...result, outputFiles };
}

type OutputFile = Bundled["outputFiles"][number];

/** `text` of esbuild's own object is a getter and does not survive a spread. */
function withText({ path: file, hash }: OutputFile, text: string): OutputFile {
  return { path: file, hash, text, contents: new TextEncoder().encode(text) };
}
