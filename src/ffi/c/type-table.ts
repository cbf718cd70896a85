/**
 * The C types and names of one Lua VM. A declaration that fails leaves nothing behind: every change is undone.
 * @module
 */
import { CdefError } from "./cdef-error.ts";
import {
  type ArrayType,
  alignOf,
  type CType,
  type EnumType,
  type FunctionType,
  type NumberType,
  type PointerType,
  type Qualified,
  type RecordLayout,
  type RecordType,
  sizeOf,
} from "./types.ts";

/** What an identifier outside struct, union and enum names stands for. */
export type Named =
  | { readonly kind: "typedef"; readonly of: Qualified }
  | { readonly kind: "constant"; readonly value: number; readonly isUnsigned: boolean }
  | { readonly kind: "external"; readonly of: Qualified; readonly symbol: string };

export type Tagged = RecordType | EnumType;

/** As LuaJIT: ids have 16 bits there. */
const mostTypes = 65_536;

export class TypeTable {
  readonly #names = new Map<string, Named>();
  readonly #tags = new Map<string, Tagged>();
  readonly #derived = new Map<string, CType>();
  #undo: (() => void)[] = [];
  #count = 0;

  readonly void: Qualified = plain({ kind: "void", id: this.#next() });
  readonly #numbers = new Map<string, NumberType>();
  readonly #complex = {
    8: plain({ kind: "complex", id: this.#next(), size: 8 }),
    16: plain({ kind: "complex", id: this.#next(), size: 16 }),
  };

  constructor() {
    for (const [name, size, isUnsigned] of predefined) {
      this.#names.set(name, { kind: "typedef", of: this.integer(size, isUnsigned) });
    }
    const list: Named = { kind: "typedef", of: this.pointer(this.void) };
    for (const name of ["va_list", "__builtin_va_list", "__gnuc_va_list"]) this.#names.set(name, list);
    this.#undo = [];
  }

  // ── types ──────────────────────────────────────────────────────────────────────────────────────────────────────

  integer(size: number, isUnsigned: boolean): Qualified {
    return this.#number("int", size, isUnsigned);
  }

  float(size: number): Qualified {
    return this.#number("float", size, false);
  }

  bool(size = 1): Qualified {
    return this.#number("bool", size, true);
  }

  complex(size: 8 | 16): Qualified {
    return this.#complex[size];
  }

  pointer(to: Qualified): Qualified {
    return this.#pointing("pointer", to);
  }

  reference(to: Qualified): Qualified {
    return this.#pointing("reference", to);
  }

  /** `count` undefined: `[]`, or `[?]` when `isVariable`. @throws CdefError */
  array(of: Qualified, count: number | undefined, isVariable: boolean): Qualified {
    const size = sizeOf(of.type);
    const total = (size ?? Number.NaN) * (count ?? 0);
    if (of.type.kind === "function" || of.type.kind === "reference") throw new CdefError("invalid C type");
    if (!(total < 0x8000_0000)) throw new CdefError("size of C type is unknown or too large");
    const key = `[${count ?? ""}${isVariable ? "?" : ""}${useKey(of)}`;
    return plain(this.#derive<ArrayType>(key, (id) => ({ kind: "array", id, of, count, isVariable })));
  }

  vector(of: Qualified, size: number): Qualified {
    return plain(this.#derive(`v${size}${useKey(of)}`, (id) => ({ kind: "vector", id, of, size })));
  }

  function(returns: Qualified, parameters: readonly Qualified[], isVariadic: boolean): Qualified {
    if (returns.type.kind === "function" || returns.type.kind === "array") throw new CdefError("invalid C type");
    const key = `f${isVariadic ? "." : ""}${useKey(returns)}(${parameters.map(useKey).join()})`;
    return plain(this.#derive<FunctionType>(key, (id) => ({ kind: "function", id, returns, parameters, isVariadic })));
  }

  // ── names ──────────────────────────────────────────────────────────────────────────────────────────────────────

  name(name: string): Named | undefined {
    return this.#names.get(name);
  }

  /** A second declaration of a name is ignored, as in LuaJIT. */
  declare(name: string, meaning: Named): void {
    if (this.#names.has(name)) return;
    this.#names.set(name, meaning);
    this.#undo.push(() => this.#names.delete(name));
  }

  /** @throws CdefError for a tag of another kind */
  tagged(kind: Tagged["kind"], tag: string): Tagged | undefined {
    const found = this.#tags.get(tag);
    if (found !== undefined && found.kind !== kind) throw new CdefError(`attempt to redefine '${tag}'`);
    return found;
  }

  /** An incomplete struct, union or enum. */
  incomplete(kind: Tagged["kind"], tag: string | undefined): Tagged {
    const id = this.#next();
    const type: Tagged =
      kind === "enum"
        ? { kind, id, tag, constants: undefined, isUnsigned: true }
        : { kind, id, tag, layout: undefined };
    if (tag !== undefined) {
      this.#tags.set(tag, type);
      this.#undo.push(() => this.#tags.delete(tag));
    }
    return type;
  }

  completeRecord(type: RecordType, layout: RecordLayout): void {
    type.layout = layout;
    this.#undo.push(() => {
      type.layout = undefined;
    });
  }

  completeEnum(type: EnumType, constants: ReadonlyMap<string, number>, isUnsigned: boolean): void {
    type.constants = constants;
    type.isUnsigned = isUnsigned;
    this.#undo.push(() => {
      type.constants = undefined;
    });
  }

  /** All or nothing. */
  attempt<T>(work: () => T): T {
    this.#undo = [];
    try {
      return work();
    } catch (error) {
      for (const undo of this.#undo.reverse()) undo();
      throw error;
    } finally {
      this.#undo = [];
    }
  }

  // ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

  #number(kind: NumberType["kind"], size: number, isUnsigned: boolean): Qualified {
    const key = `${kind}${size}${isUnsigned}`;
    let type = this.#numbers.get(key);
    if (type === undefined) {
      type = { kind, id: this.#next(), size, isUnsigned };
      this.#numbers.set(key, type);
    }
    return plain(type);
  }

  #pointing(kind: PointerType["kind"], to: Qualified): Qualified {
    if (to.type.kind === "reference") throw new CdefError("invalid C type");
    return plain(this.#derive(`${kind}${useKey(to)}`, (id) => ({ kind, id, to })));
  }

  #derive<T extends CType>(key: string, make: (id: number) => T): CType {
    let type = this.#derived.get(key);
    if (type === undefined) {
      type = make(this.#next());
      this.#derived.set(key, type);
    }
    return type;
  }

  #next(): number {
    if (this.#count >= mostTypes) throw new CdefError("table overflow: this VM has declared 65536 C types");
    return ++this.#count;
  }
}

export const plain = (type: CType): Qualified => ({ type, isConst: false, isVolatile: false });

/** Tells one use of a type from another. */
export const useKey = (use: Qualified): string =>
  `${use.type.id}${use.isConst ? "c" : ""}${use.isVolatile ? "v" : ""}${use.align === undefined ? "" : `a${alignOf(use)}`}`;

const predefined: readonly (readonly [string, number, boolean])[] = [
  ...[1, 2, 4, 8].flatMap((size): [string, number, boolean][] => [
    [`int${size * 8}_t`, size, false],
    [`uint${size * 8}_t`, size, true],
  ]),
  ["intptr_t", 8, false],
  ["uintptr_t", 8, true],
  ["ptrdiff_t", 8, false],
  ["ssize_t", 8, false],
  ["size_t", 8, true],
  ["wchar_t", 4, false],
];
