/**
 * What is changed in the text of bundled files: how they fetch each other, and where they take the entry's modules from.
 * @module
 */
import { makeName, type Taken, takenName } from "./taken.ts";

const lazyImport = /import\("\.\/([\w-]+)\.js"\)/g;
/** In an entry: what makes a lazy file of the module that came. */
const made = "__made";
/** In a lazy file: what it waited for. */
const apartName = "__apart";

/** In an entry: what imports a file by its URL. In one place: an entry names up to 150. */
const get = "__get";
const getter = `function ${get}(u){return import(/* @vite-ignore */ /* webpackIgnore: true */ u.href)}`;

/**
 * `import("./file.js")` becomes an import of `new URL("./file.js", import.meta.url)`, which every consumer's bundler copies as a
 * plain asset. (A dynamic import they can see makes Vite 5 to 7 refuse a worker: its default worker format cannot be split.)
 * @param taking files that take something from the entry, and what each waits for, which is fetched at the same time
 */
export function asEntry(text: string, taking: ReadonlyMap<string, ReadonlySet<string>> = new Map()): string {
  const rewritten = text.replaceAll(lazyImport, (_, file: string) => {
    const needed = taking.get(file);
    if (needed === undefined) return fetched(file);
    if (needed.size === 0) return `${fetched(file)}.then(${made})`;
    // Sorted: esbuild meets them in another order at every build, and lists that are alike pack better.
    return `Promise.all([${[file, ...[...needed].sort()].map(fetched).join()}]).then(([m])=>${made}(m))`;
  });
  if (rewritten === text) return text;
  const maker = taking.size === 0 ? "" : `var ${takenName};function ${made}(m){return m.${makeName}(${takenName})}`;
  return `${rewritten}\n${getter}${maker}\n`;
}

const fetched = (file: string): string => `${get}(new URL("./${file}.js", import.meta.url))`;

/** A chunk of the entries that bundlers split: the same files, made with the array of the module that `tableOf` names. */
export function asChunk(text: string, tableOf: (file: string) => string | undefined): string {
  return text.replaceAll(lazyImport, (statement, file: string) => {
    const table = tableOf(file);
    return table === undefined
      ? statement
      : `Promise.all([${statement},import("./${table}.js")]).then(([m,t])=>m.${makeName}(t.${takenName}))`;
  });
}

/**
 * A lazy file fetches others through the entry; what it cannot begin without it waits for. One that reads what the entry exports becomes a function of it, which gives its
 * exports, the same ones for the same entry. @throws on `import *`
 */
export function asLazyFile(file: string, text: string, taken: Taken): string {
  const asking = text.replaceAll(
    lazyImport,
    (_, each: string) => `${takenName}[${taken.loader(`./${each}.js`, file)}]()`,
  );
  const apart: number[] = [];
  const rewritten = asking.replaceAll(
    /import\s*\{([^}]*)\}\s*from\s*"(table|apart):([^"]+)";/g,
    (statement: string, list: string, mark: string, from: string) => {
      // As many lines as before: the source map stays right.
      if (mark === "table") {
        const members = pairs(list).map(
          ([each = "", local = each]) => `${local} = ${takenName}[${taken.index(from, each, file)}]`,
        );
        return `const ${members.join(", ")};${lines(statement)}`;
      }
      const at = apart.push(taken.loader(from, file)) - 1;
      const members = pairs(list).map(([each = "", local = each]) => (local === each ? each : `${each}: ${local}`));
      return `const { ${members.join(", ")} } = ${apartName}[${at}];${lines(statement)}`;
    },
  );
  if (/"(?:table|apart):/.test(rewritten)) {
    throw new Error(`${file}.js imports a whole module of the entry; import names instead`);
  }
  return rewritten === text ? text : asFunction(file, rewritten, apart);
}

/** The body stays on its lines. */
function asFunction(file: string, text: string, apart: readonly number[]): string {
  let found = 0;
  const body = text.replace(/^export\s*\{([^}]*)\};$/m, (statement: string, list: string) => {
    found++;
    const members = pairs(list).map(([local = "", name = local]) => (name === local ? name : `${name}: ${local}`));
    return `return { ${members.join(", ")} };${lines(statement)}})());`;
  });
  if (found !== 1) throw new Error(`${file}.js has no list of exports at its end`);
  const loaders = apart.map((i) => `${takenName}[${i}]()`).join(", ");
  const begin = apart.length === 0 ? "() => {" : `async () => { const ${apartName} = await Promise.all([${loaders}]);`;
  return `export const ${makeName} = (${takenName}) => (${takenName}["${file}"] ??= (${begin} ${body}`;
}

/** `a, b as c` of an import or export. */
function pairs(list: string): string[][] {
  return list
    .split(",")
    .map((each) => each.trim().split(/\s+as\s+/))
    .filter(([each]) => each);
}

const lines = (statement: string): string => "\n".repeat(statement.split("\n").length - 1);
