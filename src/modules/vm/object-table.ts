/**
 * Objects of the host that Lua holds as userdata: numbers there, instances here. One table per VM.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { LuaType } from "../definition/interface.ts";

interface Entry {
  readonly instance: object;
  readonly type: LuaType;
}

export class ObjectTable {
  readonly #types: LuaType[] = [];
  readonly #entries = new Map<number, Entry>();
  readonly #ids = new Map<object, number>();
  #last = 0;
  /** Made while chunks were loaded or a module was put in: they live as long as the VM. */
  readonly #kept = new Set<number>();
  keeping = true;

  constructor(private readonly failed: (error: unknown) => void) {}

  /** From now on instances of its class cross as userdata. @throws LuaSkillsError `invalid_argument` for another type of that name */
  add(type: LuaType): void {
    if (this.#types.includes(type)) return;
    const known = this.#types.find((each) => each.name === type.name);
    if (known && !isSame(known, type)) {
      throw new LuaSkillsError("invalid_argument", `the type ${type.name} is defined twice, with different functions`);
    }
    this.#types.push(type);
  }

  typeOf(instance: object): LuaType | undefined {
    return this.#types.find((type) => type.of !== undefined && instance instanceof type.of);
  }

  /** Those that end with the run. */
  get size(): number {
    return this.#entries.size - this.#kept.size;
  }

  /** The number of an instance; the same one as long as Lua holds it. */
  idOf(instance: object, type: LuaType): number {
    const known = this.#ids.get(instance);
    if (known !== undefined) return known;
    const id = ++this.#last;
    this.#entries.set(id, { instance, type });
    this.#ids.set(instance, id);
    if (this.keeping) this.#kept.add(id);
    return id;
  }

  get(id: number): object | undefined {
    return this.#entries.get(id)?.instance;
  }

  /** Undefined when the number is nobody's or of another type. */
  ofType(id: number, type: LuaType): object | undefined {
    const entry = this.#entries.get(id);
    return entry && (entry.type === type || entry.type.name === type.name) ? entry.instance : undefined;
  }

  nameOf(id: number): string {
    return this.#entries.get(id)?.type.name ?? "released object";
  }

  dispose(id: number): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    this.#kept.delete(id);
    this.#ids.delete(entry.instance);
    try {
      entry.type.dispose?.(entry.instance as never);
    } catch (thrown) {
      this.failed(thrown);
    }
  }

  /** At the end of a run: everything left, the youngest first. */
  disposeAll(kept = false): void {
    for (const id of [...this.#entries.keys()].reverse()) if (kept || !this.#kept.has(id)) this.dispose(id);
  }
}

/** Registered again: the same class with the same functions. */
function isSame(a: LuaType, b: LuaType): boolean {
  const [own, other] = [functionsOf(a), functionsOf(b)];
  return a.of === b.of && own.size === other.size && [...own].every(([key, run]) => other.get(key) === run);
}

function functionsOf({ methods, metamethods }: LuaType): ReadonlyMap<string, unknown> {
  return new Map(Object.entries({ ...methods, ...metamethods }).map(([key, { run }]) => [key, run]));
}
