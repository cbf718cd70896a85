/**
 * The C declaration parser: what `ffi.cdef` and the type arguments of the other functions take. It accepts what LuaJIT
 * accepts, with its words for what is wrong; bit fields are refused.
 * @module
 */
import { type Decoration, takeAttributes } from "./attributes.ts";
import { CdefError } from "./cdef-error.ts";
import { type Constant, constantExpression } from "./constant.ts";
import { readDeclarator } from "./declarator.ts";
import { layoutRecord, type MemberDeclaration } from "./layout.ts";
import { type Parameter, tokenize } from "./lexer.ts";
import { isKeyword, readSpecifiers, type SpecifierContext, type Specifiers, startsType } from "./specifiers.ts";
import { TokenReader } from "./token-reader.ts";
import { plain, type TypeTable } from "./type-table.ts";
import { type EnumType, type Qualified, type RecordType, sizeOf } from "./types.ts";

const deepestRecord = 100;

/** Declarations of types, functions, variables and constants. Nothing stays of a text that fails. @throws CdefError */
export function declare(table: TypeTable, text: string, parameters: readonly Parameter[] = []): void {
  table.attempt(() => new Parser(table, new TokenReader(tokenize(text, parameters)), false).declarations());
}

/** One type without a name, as `int (*)[3]`. An unknown tag is an error. @throws CdefError */
export function parseType(table: TypeTable, text: string, parameters: readonly Parameter[] = []): Qualified {
  return table.attempt(() => new Parser(table, new TokenReader(tokenize(text, parameters)), true).single());
}

class Parser implements SpecifierContext {
  readonly #packs: number[] = [Number.POSITIVE_INFINITY];
  #depth = 0;

  constructor(
    readonly table: TypeTable,
    readonly tokens: TokenReader,
    /** An unknown tag declares nothing. */
    readonly refusesNewTags: boolean,
  ) {}

  declarations(): void {
    const { tokens } = this;
    let isFirst = true;
    while (tokens.now.kind !== "end") {
      if (tokens.take(";")) {
        isFirst = false;
        continue;
      }
      if (tokens.take("#")) {
        this.#directive();
        continue;
      }
      const specifiers = readSpecifiers(this, ["typedef", "extern", "static"]);
      const hasBody = this.#declarators(specifiers);
      // The last `;` of a single declaration may be left out.
      if ((tokens.now.kind as string) === "end" && isFirst) break;
      isFirst = false;
      if (!hasBody) tokens.expect(";");
    }
  }

  single(): Qualified {
    const type = this.abstractType();
    if (this.tokens.now.kind !== "end") throw this.tokens.expected("<eof>");
    return type;
  }

  // ── what the other files ask ───────────────────────────────────────────────────────────────────────────────────

  startsType(): boolean {
    return startsType(this);
  }

  abstractType(): Qualified {
    const { base, decoration } = readSpecifiers(this, []);
    return readDeclarator(this, base, { ...decoration }, "none").type;
  }

  constantNamed(name: string): Constant | undefined {
    const known = this.table.name(name);
    return known?.kind === "constant" ? known : undefined;
  }

  record(kind: "struct" | "union", decoration: Decoration): Qualified {
    const { tokens, table } = this;
    const type = this.#tagged(kind, decoration) as RecordType;
    if (!tokens.take("{")) return plain(type);
    if (type.layout !== undefined || this.#open.has(type)) throw this.#redefined(type.tag);
    if (this.#depth >= deepestRecord) throw new CdefError("chunk has too many syntax levels");
    this.#depth++;
    this.#open.add(type);
    const members: MemberDeclaration[] = [];
    const constants = new Map<string, number>();
    while (!tokens.take("}")) this.#members(members, constants);
    takeAttributes(this, decoration);
    const pack = this.#packs.at(-1) ?? Number.POSITIVE_INFINITY;
    table.completeRecord(type, layoutRecord(kind, members, decoration, pack, constants));
    this.#open.delete(type);
    this.#depth--;
    return plain(type);
  }

  enumeration(decoration: Decoration): Qualified {
    const { tokens, table } = this;
    const type = this.#tagged("enum", decoration) as EnumType;
    if (!tokens.take("{")) return plain(type);
    if (type.constants !== undefined) throw this.#redefined(type.tag);
    const constants = new Map<string, number>();
    let isUnsigned = true;
    let next: Constant = { value: 0, isUnsigned: false };
    do {
      const name = this.#newName();
      if (tokens.take("=")) {
        const { value, isUnsigned: wide } = constantExpression(this);
        if (!wide && value < 0) isUnsigned = false;
        next = { value, isUnsigned: wide && value < 0 };
      }
      table.declare(name, { kind: "constant", ...next });
      constants.set(name, next.isUnsigned ? next.value >>> 0 : next.value);
      const value = (next.value + 1) | 0;
      next = { value, isUnsigned: next.isUnsigned || value === -0x8000_0000 };
    } while (tokens.take(",") && !tokens.is("}"));
    tokens.expect("}");
    table.completeEnum(type, constants, isUnsigned);
    return plain(type);
  }

  // ── declarations ───────────────────────────────────────────────────────────────────────────────────────────────

  readonly #open = new Set<RecordType>();

  /** Answers whether the last one was a function with a body, which needs no `;`. */
  #declarators({ base, decoration, storage, isTagged }: Specifiers): boolean {
    const { tokens } = this;
    if (isTagged && (tokens.is(";") || tokens.now.kind === "end")) return false;
    for (;;) {
      const said = { ...decoration };
      const { name, type, hasBody } = readDeclarator(this, base, said, "declaration");
      if (name !== undefined) this.#declare(name, type, storage.has("typedef"), storage.has("static"), said.symbol);
      if (hasBody) return true;
      if (!tokens.take(",")) return false;
    }
  }

  #declare(name: string, of: Qualified, isTypedef: boolean, isStatic: boolean, symbol: string | undefined): void {
    const { table } = this;
    if (isTypedef) table.declare(name, { kind: "typedef", of });
    else if (isStatic && of.type.kind !== "function") {
      table.declare(name, { kind: "constant", ...this.#initializer(of) });
    } else table.declare(name, { kind: "external", of, symbol: symbol ?? name });
  }

  /** `= 5` behind `static const int x`. */
  #initializer({ type, isConst }: Qualified): Constant {
    const isInteger = type.kind === "int" || type.kind === "bool";
    if (!isInteger || !isConst || type.size > 4) throw new CdefError("invalid C type", this.tokens.line);
    this.tokens.expect("=");
    const { value } = constantExpression(this);
    return { value, isUnsigned: type.isUnsigned };
  }

  #directive(): void {
    const { tokens } = this;
    const { now } = tokens;
    if (now.kind === "integer") this.#lineNumber();
    else if (tokens.take("line")) this.#lineNumber();
    else if (tokens.take("pragma")) {
      if (tokens.take("pack")) this.#pack();
      else if (tokens.now.line === now.line) tokens.skipLine();
    } else throw tokens.unexpected();
  }

  #lineNumber(): void {
    const { now } = this.tokens;
    if (now.kind !== "integer") throw this.tokens.unexpected();
    this.tokens.skipLine();
    this.tokens.renumber(now.value);
  }

  /** `#pragma pack(push, 1)` and its kin. */
  #pack(): void {
    const { tokens } = this;
    const packs = this.#packs;
    tokens.expect("(");
    const isPush = tokens.take("push");
    const isPop = !isPush && tokens.take("pop");
    if (isPush) {
      if (packs.length >= deepestRecord) throw new CdefError("chunk has too many syntax levels");
      packs.push(packs.at(-1) ?? Number.POSITIVE_INFINITY);
    }
    if (isPop && packs.length > 1) packs.pop();
    if ((isPush || isPop) && !tokens.take(",")) {
      tokens.expect(")");
      return;
    }
    const { now } = tokens;
    packs[packs.length - 1] = now.kind === "integer" ? Math.max(1, now.value) : Number.POSITIVE_INFINITY;
    if (now.kind === "integer") tokens.next();
    tokens.expect(")");
  }

  // ── struct, union, enum ────────────────────────────────────────────────────────────────────────────────────────

  #members(members: MemberDeclaration[], constants: Map<string, number>): void {
    const { tokens } = this;
    const { base, decoration, storage } = readSpecifiers(this, ["static"]);
    for (;;) {
      const last = members.at(-1)?.member.of.type;
      if (last?.kind === "array" && last.count === undefined) throw tokens.expected("}");
      const attributes = { ...decoration };
      const isStatic = storage.has("static");
      const { name, type } = readDeclarator(this, base, attributes, isStatic ? "declaration" : "member");
      if (tokens.is(":")) throw this.#bitField(name);
      if (isStatic) constants.set(name ?? "", this.#initializer(type).value);
      else {
        if (name === undefined && !isTransparent(type)) throw tokens.expected("<identifier>");
        if (type.type.kind === "function") throw new CdefError("size of C type is unknown or too large");
        members.push({ member: { name, of: type, offset: 0 }, attributes });
      }
      if (!tokens.take(",")) break;
    }
    tokens.expect(";");
  }

  #bitField(name: string | undefined): CdefError {
    return new CdefError(
      `bit fields are not supported: ${name === undefined ? "an unnamed member" : `'${name}'`} has a width; ` +
        "declare the whole integer and take its bits with the bit library",
      this.tokens.line,
    );
  }

  /** The type behind `struct`, `union` or `enum`, made when it is new. */
  #tagged(kind: "struct" | "union" | "enum", decoration: Decoration): RecordType | EnumType {
    const { tokens, table } = this;
    takeAttributes(this, decoration);
    if (tokens.is("{")) return table.incomplete(kind, undefined);
    const tag = tokens.identifier();
    const known = table.tagged(kind, tag);
    if (known !== undefined) return known;
    if (this.refusesNewTags) throw new CdefError(`undeclared or implicit tag '${tag}'`);
    return table.incomplete(kind, tag);
  }

  #newName(): string {
    const { tokens } = this;
    if (tokens.now.kind !== "identifier" || isKeyword(tokens.now.text)) throw tokens.expected("<identifier>");
    const name = tokens.identifier();
    if (this.table.name(name) !== undefined) throw this.#redefined(name);
    return name;
  }

  #redefined(name: string | undefined): CdefError {
    return new CdefError(`attempt to redefine '${name ?? "?"}'`, this.tokens.line);
  }
}

const isTransparent = ({ type }: Qualified) =>
  type.kind === "enum" || ((type.kind === "struct" || type.kind === "union") && sizeOf(type) !== undefined);
