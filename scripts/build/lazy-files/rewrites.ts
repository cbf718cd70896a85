/**
 * What is changed in the text of bundled files: how they fetch each other, and where they take the entry's modules from.
 * @module
 */
import type { Taken } from "./taken.ts";

const lazyImport = /import\("(\.\/[\w-]+\.js)"\)/g;

/**
 * `import("./file.js")` becomes `import(new URL("./file.js", import.meta.url))`, which every consumer's bundler copies as a
 * plain asset. (A dynamic import they can see makes Vite 5 to 7 refuse a worker: its default worker format cannot be split.)
 */
export function withOpaqueImports(text: string): string {
  return text.replaceAll(
    lazyImport,
    (_, file: string) =>
      `import(/* @vite-ignore */ /* webpackIgnore: true */ new URL("${file}", import.meta.url).href)`,
  );
}

/** A lazy file fetches others through the entry, and reads what the entry exports from its table. @throws on `import *` */
export function takingFromTable(file: string, text: string, taken: Taken): string {
  const fetched = text.replaceAll(lazyImport, (_, each: string) => `${taken.table}[${taken.loader(each)}]()`);
  const rewritten = fetched.replaceAll(
    /import\s*\{([^}]*)\}\s*from\s*"table:([^"]+)";/g,
    (statement: string, list: string, module: string) => {
      const members = list
        .split(",")
        .map((each) => each.trim().split(/\s+as\s+/))
        .filter(([each]) => each)
        .map(([each = "", local = each]) => `${local} = ${taken.table}[${taken.index(module, each)}]`);
      // As many lines as before: the source map stays right.
      return `const ${members.join(", ")};${"\n".repeat(statement.split("\n").length - 1)}`;
    },
  );
  if (rewritten.includes('"table:')) {
    throw new Error(`${file}.js imports a whole module of the entry; import names instead`);
  }
  return rewritten;
}
