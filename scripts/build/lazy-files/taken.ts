/**
 * What lazy files take from their entry: its exports and loaders, numbered in the order of asking. The entry hands them over in
 * an array when it makes a lazy file.
 * @module
 */

/** The array, in entries and in lazy files: a name that no minifier gives. */
export const takenName = "__taken";
/** What a lazy file that takes something exports: a function of the array. */
export const makeName = "make";

interface Entry {
  /** What gives it. */
  expression: string;
  /** That the expression needs. */
  readonly imports: string;
  /** Lazy files that ask for it. */
  readonly by: Set<string>;
}

export class Taken {
  readonly #entries = new Map<string, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  /** Number of an export of a module that the entry holds. @param by the lazy file that asks */
  index(module: string, name: string, by: string): number {
    return this.#number(`${name} of ${module}`, by, (i) => ({
      expression: `m${i}`,
      imports: `import { ${name} as m${i} } from "./${module}";\n`,
    }));
  }

  /** Number of what fetches a lazy file; {@link found} says where that is. @param by the lazy file that asks */
  loader(file: string, by: string): number {
    return this.#number(file, by, () => ({ expression: "undefined", imports: "" }));
  }

  /** The specifier is known when the lazy file has been bundled; nothing happens when nobody asks for it. */
  found(file: string, specifier: string): void {
    const entry = this.#entries.get(file);
    if (entry !== undefined) entry.expression = `() => import("${specifier}")`;
  }

  /** A module that puts the array where `target` says, to be bundled with an entry. @param uses lazy files that will be made with it */
  source(target: string, uses: (file: string) => boolean = () => true): string {
    const entries = [...this.#entries.values()].map((entry) => ([...entry.by].some(uses) ? entry : undefined));
    return `${entries.map((entry) => entry?.imports ?? "").join("")}${target} = [${entries
      .map((entry) => entry?.expression ?? "undefined")
      .join(", ")}];`;
  }

  #number(what: string, by: string, make: (index: number) => Omit<Entry, "by">): number {
    const entry = this.#entries.get(what) ?? { ...make(this.#entries.size), by: new Set<string>() };
    this.#entries.set(what, entry);
    entry.by.add(by);
    return [...this.#entries.keys()].indexOf(what);
  }
}
