/**
 * What lazy files take from their entry: its exports and loaders, numbered in the order of asking. The entry leaves them in a
 * table on globalThis, one for each entry: a page may have several.
 * @module
 */
/** In the text of every file that takes something. */
export const tableMark = 'Symbol.for("luaskills-wasm/';

export class Taken {
  readonly table: string;

  /** What → the expression that gives it. */
  readonly #entries = new Map<string, string>();
  readonly #imports: string[] = [];

  constructor(entry: string) {
    this.table = `globalThis[${tableMark}${entry}")]`;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Number of an export of a module that the entry holds. */
  index(module: string, name: string): number {
    return this.#number(`${name} of ${module}`, (i) => {
      this.#imports.push(`import { ${name} as m${i} } from "./${module}";`);
      return `m${i}`;
    });
  }

  /** Number of what fetches a lazy file. The specifier is known when the lazy file has been bundled. */
  loader(file: string, specifier?: string): number {
    const index = this.#number(file, () => "undefined");
    if (specifier !== undefined) this.#entries.set(file, `() => import("${specifier}")`);
    return index;
  }

  /** Whether a lazy file fetches that file. */
  asksFor(file: string): boolean {
    return this.#entries.has(file);
  }

  /** The text that makes the table, to be bundled with the entry. */
  source(): string {
    return `${this.#imports.join("\n")}\n${this.table} = [${[...this.#entries.values()].join(", ")}];`;
  }

  #number(what: string, expression: (index: number) => string): number {
    if (!this.#entries.has(what)) this.#entries.set(what, expression(this.#entries.size));
    return [...this.#entries.keys()].indexOf(what);
  }
}
