/**
 * What is changed in the text of bundled files: how they fetch each other, and where they take the entry's modules from.
 * @module
 */
import type { Taken } from "./taken.ts";

const lazyImport = /import\("(\.\/[\w-]+\.js)"\)/g;
/** Of the entry's table, or of a file that several lazy files share. */
const namedImport = /import\s*\{([^}]*)\}\s*from\s*"(?:(table:)|(?=\.\/))([^"]+)";/g;

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
  const load = (each: string): string => `${taken.table}[${taken.loader(each)}]()`;
  const rewritten = text
    .replaceAll(lazyImport, (_, each: string) => load(each))
    .replaceAll(namedImport, (statement: string, list: string, table: string | undefined, source: string) => {
      const names = list
        .split(",")
        .map((each) => each.trim().split(/\s+as\s+/))
        .filter(([each]) => each);
      const taking =
        table === undefined
          ? `{ ${names.map((each) => each.join(": ")).join(", ")} } = await ${load(source)}`
          : names
              .map(([each = "", local = each]) => `${local} = ${taken.table}[${taken.index(source, each)}]`)
              .join(", ");
      // As many lines as before: the source map stays right.
      return `const ${taking};${"\n".repeat(statement.split("\n").length - 1)}`;
    });
  if (/"table:|\bfrom\s*"\.\//.test(rewritten)) {
    throw new Error(`${file}.js imports a whole module of the entry or of a shared file; import names instead`);
  }
  return rewritten;
}
