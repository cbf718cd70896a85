/**
 * The entries of a runtime as tools, following its registry.
 * @module
 */
import type { EntryDescriptor } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { matchesFilter } from "./entry-filter.ts";
import { executeTool } from "./execute.ts";
import type { Tool, ToolCollection, ToolOptions, ToolRuntime } from "./tool.ts";
import { markedToolName, safeToolName } from "./tool-name.ts";

/**
 * Tools by their safe names. Nothing has to be closed: the list looks at the registry whenever it is asked, and is another
 * one only when the registry is.
 */
export class ToolList implements Iterable<Tool>, ToolCollection {
  #seen: readonly EntryDescriptor[] | undefined;
  #tools: readonly Tool[] = [];
  #byName: ReadonlyMap<string, Tool> = new Map();
  #nameOf: ReadonlyMap<string, string> = new Map();

  constructor(
    private readonly runtime: ToolRuntime,
    private readonly options: ToolOptions,
  ) {
    this.#follow();
  }

  /** Sorted by canonical name. Keeps its identity until the registry changes. */
  list(): readonly Tool[] {
    this.#follow();
    return this.#tools;
  }

  /** By the tool's name, as a model says it. */
  get(name: string): Tool | undefined {
    this.#follow();
    return this.#byName.get(name);
  }

  /** The tool's name for a canonical name; undefined: not in the list. */
  nameOf(canonicalName: string): string | undefined {
    this.#follow();
    return this.#nameOf.get(canonicalName);
  }

  /** Called after each change of the list; the result ends it. */
  subscribe(listener: () => void): () => void {
    return this.runtime.subscribe(() => {
      if (this.runtime.list() !== this.#seen) listener();
    });
  }

  [Symbol.iterator](): Iterator<Tool> {
    return this.list()[Symbol.iterator]();
  }

  #follow(): void {
    const entries = this.runtime.list();
    if (entries === this.#seen) return;
    const wanted = entries.filter((entry) => this.#wants(entry));
    const nameOf = this.#namesOf(wanted);
    this.#tools = wanted.map((entry) => this.#tool(entry, nameOf.get(entry.name) ?? ""));
    this.#byName = new Map(this.#tools.map((tool) => [tool.name, tool]));
    this.#nameOf = nameOf;
    this.#seen = entries;
  }

  #wants(entry: EntryDescriptor): boolean {
    const { include, exclude } = this.options;
    return (
      (include === undefined || matchesFilter(include, entry)) &&
      !(exclude !== undefined && matchesFilter(exclude, entry))
    );
  }

  /** Canonical names → tools' names. Those that were not chosen come first: none of them moves because of a chosen one. */
  #namesOf(entries: readonly EntryDescriptor[]): Map<string, string> {
    const { rename } = this.options;
    const names = new Map<string, string>();
    const taken = new Map<string, string>();
    const give = (canonical: string, wanted: string) => {
      const name = taken.has(wanted) ? markedToolName(canonical) : wanted;
      const other = taken.get(name);
      if (other !== undefined) throw twice(name, canonical, other);
      taken.set(name, canonical);
      names.set(canonical, name);
    };
    const chosen: Array<readonly [canonical: string, own: string]> = [];
    for (const entry of entries) {
      const own = typeof rename === "function" ? rename(entry) : ownMember(rename, entry.name);
      if (own === undefined) give(entry.name, safeToolName(entry.name));
      else chosen.push([entry.name, own]);
    }
    for (const [canonical, own] of chosen) give(canonical, safeToolName(own));
    return names;
  }

  #tool(entry: EntryDescriptor, name: string): Tool {
    return {
      name,
      description: entry.description,
      inputSchema: entry.inputSchema,
      entry,
      execute: (args, call) => executeTool(this.runtime, this.options, { name, entry }, args, call),
    };
  }
}

/** A runtime's entries, or tools that are some already: these take no further options. */
export function collectionOf(source: ToolRuntime | ToolCollection, options: ToolOptions): ToolCollection {
  return "call" in source ? new ToolList(source, options) : source;
}

function ownMember(names: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  return names !== undefined && Object.hasOwn(names, key) ? names[key] : undefined;
}

function twice(name: string, canonical: string, other: string): LuaSkillsError {
  return new LuaSkillsError(
    "conflict",
    `two tools would have the name "${name}": the entries ${other} and ${canonical}; ` +
      "give one of them another name with `rename`",
    { data: { name } },
  );
}
