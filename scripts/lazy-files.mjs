// Dynamic imports in browser code. What `import("…")` names becomes a file beside the entry, and the call becomes
// `import(new URL("./file.js", import.meta.url))`, which every consumer's bundler copies as a plain asset. (A dynamic import
// they can see makes Vite 5 to 7 refuse a worker: its default worker format cannot be split.)
//
// Such a file is on its own, so it must not bring second copies of modules the entry has too: two copies of an error class
// do not recognise each other. It takes those modules from a table that the entry leaves on globalThis.
import { readFileSync } from "node:fs";
import path from "node:path";
import { transform } from "esbuild";
import { bundleForBrowser, root } from "./bundle.mjs";

const table = `globalThis[Symbol.for("luaskills-wasm/modules")]`;

/** @returns {Promise<import("esbuild").BuildResult[]>} the entry and its lazy files; nothing is written */
export async function bundleWithLazyFiles({ name, source }, options) {
  const lazy = new Map();
  const entry = ({ plugins = [], ...rest }) =>
    bundleForBrowser({ ...options, ...rest, plugins: [...plugins, lazyImports(lazy)] });
  const plain = await entry({ entryPoints: { [name]: source } });
  if (lazy.size === 0) return [plain];

  const eager = new Set(Object.keys(plain.metafile.inputs));
  const taken = new Taken();
  const files = [];
  const seen = lazy.size;
  // A Map's iteration goes on with what lazy files add to it.
  for (const [file, target] of lazy) files.push(await bundleLazyFile(file, target, { eager, taken, lazy, options }));
  refuseSharedState(files);
  if (taken.size === 0 && lazy.size === seen) return [withOpaqueImports(plain), ...files];

  // Only the entry's URLs are seen by bundlers: what a lazy file imports dynamically is fetched by the entry.
  for (const [file, target] of [...lazy].slice(seen)) {
    taken.loader(`./${file}.js`, target.endsWith(".ts") ? `./${target}` : target);
  }
  const stdin = {
    contents: `export * from "./${source}";\n${taken.source()}`,
    resolveDir: root,
    sourcefile: `${name}-with-table.js`,
  };
  const full = await entry({
    stdin,
    plugins: [keepEntry(source)],
    outdir: undefined,
    outfile: path.join(options.outdir, `${name}.js`),
  });
  return [withOpaqueImports(full), ...files];
}

/** Module variables, and error classes others can catch. */
const keepsState =
  /^(?:(?:export )?(?:let |const [^=\n]*= new (?:Weak)?(?:Map|Set)\b)|export (?:abstract )?class \w+ extends \w*Error\b)/m;

/** Modules in two lazy files exist twice. That is waste for functions, and wrong for what has an identity. */
function refuseSharedState(files) {
  const seen = new Map();
  for (const { metafile } of files) {
    for (const module of Object.keys(metafile.inputs)) seen.set(module, (seen.get(module) ?? 0) + 1);
  }
  const twice = [...seen].filter(([module, times]) => times > 1 && /^(?:src|worker)\//.test(module));
  const stateful = twice
    .map(([module]) => module)
    .filter((module) => keepsState.test(readFileSync(path.join(root, module), "utf8")));
  if (stateful.length > 0) {
    throw new Error(
      `these modules have state or an error class and would exist once per lazy file: ${stateful.join(", ")}. ` +
        "Import them from a module the entry has, or put what needs them into one lazy file.",
    );
  }
}

/** What lazy files take from their entry: its exports and loaders, numbered in the order of asking. */
class Taken {
  /** @type {Map<string, string>} what → the expression that gives it */
  #entries = new Map();
  #imports = [];

  get size() {
    return this.#entries.size;
  }

  index(module, name) {
    return this.#number(`${name} of ${module}`, (i) => {
      this.#imports.push(`import { ${name} as m${i} } from "./${module}";`);
      return `m${i}`;
    });
  }

  /** The specifier is known when the lazy file has been bundled. */
  loader(file, specifier) {
    const index = this.#number(file, () => "undefined");
    if (specifier !== undefined) this.#entries.set(file, `() => import("${specifier}")`);
    return index;
  }

  source() {
    return `${this.#imports.join("\n")}\n${table} = [${[...this.#entries.values()].join(", ")}];`;
  }

  #number(what, expression) {
    if (!this.#entries.has(what)) this.#entries.set(what, expression(this.#entries.size));
    return [...this.#entries.keys()].indexOf(what);
  }
}

/** package.json's sideEffects speak of dist/; read for a source, they would throw the whole entry away. */
function keepEntry(source) {
  return {
    name: "keep-entry",
    setup(b) {
      b.onResolve({ filter: /^\./ }, ({ path: specifier, importer }) =>
        specifier === `./${source}` && importer.endsWith("-with-table.js")
          ? { path: path.join(root, source), sideEffects: true }
          : undefined,
      );
    },
  };
}

/** Collects what is imported dynamically, and leaves the calls in the output as `import("./file.js")`. */
function lazyImports(lazy) {
  return {
    name: "lazy-imports",
    setup(b) {
      b.onResolve({ filter: /.*/ }, async ({ kind, path: specifier, resolveDir }) => {
        if (kind !== "dynamic-import") return undefined;
        const own = specifier.startsWith(".");
        const target = own ? path.relative(root, path.resolve(resolveDir, specifier)) : specifier;
        // src/vectors/embedded.ts → vectors-embedded, src/skills/load/load-present.ts → skills-load-present, @scope/name → name
        const segments = target
          .replace(/\.ts$/, "")
          .split("/")
          .slice(own ? 1 : -1);
        const file = segments.filter((name, i) => !segments[i + 1]?.startsWith(name)).join("-");
        if ((lazy.get(file) ?? target) !== target) throw new Error(`two lazy files are called ${file}.js: ${target}`);
        lazy.set(file, target);
        return { path: `./${file}.js`, external: true };
      });
    },
  };
}

async function bundleLazyFile(file, target, { eager, taken, lazy, options }) {
  const result = await bundleForBrowser({
    ...options,
    minify: false,
    sourcemap: "inline",
    entryPoints: { [file]: target },
    plugins: [lazyImports(lazy), fromTable(eager)],
  });
  const [output] = result.outputFiles;
  const fetched = output.text.replaceAll(
    /import\("(\.\/[\w-]+\.js)"\)/g,
    (_, each) => `${table}[${taken.loader(each)}]()`,
  );
  const text = fetched.replaceAll(/import\s*\{([^}]*)\}\s*from\s*"table:([^"]+)";/g, (statement, list, module) => {
    const members = list
      .split(",")
      .map((each) => each.trim().split(/\s+as\s+/))
      .filter(([each]) => each !== "")
      .map(([each, local = each]) => `${local} = ${table}[${taken.index(module, each)}]`);
    // As many lines as before: the source map stays right.
    return `const ${members.join(", ")};${"\n".repeat(statement.split("\n").length - 1)}`;
  });
  if (text.includes('"table:')) throw new Error(`${file}.js imports a whole module of the entry; import names instead`);
  const { code, map } = await transform(text, {
    minify: true,
    sourcemap: true,
    sourcefile: `${file}.js`,
    format: "esm",
  });
  const js = path.join(options.outdir, `${file}.js`);
  const encode = (content) => new TextEncoder().encode(content);
  return {
    ...result,
    outputFiles: [
      { path: `${js}.map`, contents: encode(map) },
      { path: js, contents: encode(`${code}//# sourceMappingURL=${file}.js.map\n`) },
    ],
  };
}

/** Modules of ours that the entry holds are imported from `table:<module>`. */
function fromTable(eager) {
  return {
    name: "from-table",
    setup(b) {
      b.onResolve({ filter: /^\./ }, ({ kind, path: specifier, resolveDir }) => {
        if (kind === "entry-point") return undefined;
        const module = path.relative(root, path.resolve(resolveDir, specifier)).replaceAll(path.sep, "/");
        return eager.has(module) ? { path: `table:${module}`, external: true } : undefined;
      });
    },
  };
}

function withOpaqueImports(result) {
  for (const output of result.outputFiles) {
    if (!output.path.endsWith(".js")) continue;
    const text = output.text.replaceAll(
      /import\("(\.\/[\w-]+\.js)"\)/g,
      (_, file) => `import(/* @vite-ignore */ /* webpackIgnore: true */ new URL("${file}", import.meta.url).href)`,
    );
    output.contents = new TextEncoder().encode(text);
  }
  return result;
}
