/**
 * C types as the FFI knows them, with the sizes and alignments of the x64 System V ABI: what LuaJIT has on Linux and macOS.
 * @module
 */

/** What stands around a type where it is used. */
export interface Qualified {
  readonly type: CType;
  readonly isConst: boolean;
  readonly isVolatile: boolean;
  /** Bytes, where an `aligned` attribute says so. */
  readonly align?: number | undefined;
}

export type CType =
  | { readonly kind: "void"; readonly id: number }
  | NumberType
  | { readonly kind: "complex"; readonly id: number; readonly size: 8 | 16 }
  | EnumType
  | PointerType
  | ArrayType
  | { readonly kind: "vector"; readonly id: number; readonly of: Qualified; readonly size: number }
  | RecordType
  | FunctionType;

export interface NumberType {
  readonly kind: "int" | "float" | "bool";
  readonly id: number;
  readonly size: number;
  readonly isUnsigned: boolean;
}

export interface EnumType {
  readonly kind: "enum";
  readonly id: number;
  readonly tag: string | undefined;
  /** Undefined until its constants are declared. */
  constants: ReadonlyMap<string, number> | undefined;
  isUnsigned: boolean;
}

export interface PointerType {
  readonly kind: "pointer" | "reference";
  readonly id: number;
  readonly to: Qualified;
}

export interface ArrayType {
  readonly kind: "array";
  readonly id: number;
  readonly of: Qualified;
  /** Undefined for `[]` and `[?]`. */
  readonly count: number | undefined;
  readonly isVariable: boolean;
}

export interface Member {
  /** Undefined for a transparent struct, union or enum. */
  readonly name: string | undefined;
  readonly of: Qualified;
  offset: number;
}

export interface RecordType {
  readonly kind: "struct" | "union";
  readonly id: number;
  readonly tag: string | undefined;
  /** Undefined until it is completed. */
  layout: RecordLayout | undefined;
}

export interface RecordLayout {
  readonly members: readonly Member[];
  /** Constants declared inside. */
  readonly constants: ReadonlyMap<string, number>;
  readonly size: number;
  readonly align: number;
  /** Its last member is `[?]`. */
  readonly isVariable: boolean;
}

export interface FunctionType {
  readonly kind: "function";
  readonly id: number;
  readonly returns: Qualified;
  readonly parameters: readonly Qualified[];
  readonly isVariadic: boolean;
}

const pointerSize = 8;

/** Bytes; undefined where the size is not known: void, functions, incomplete types, arrays without a count. */
export function sizeOf(type: CType): number | undefined {
  switch (type.kind) {
    case "int":
    case "bool":
    case "float":
    case "complex":
    case "vector":
      return type.size;
    case "enum":
      return type.constants === undefined ? undefined : 4;
    case "pointer":
    case "reference":
      return pointerSize;
    case "array": {
      const element = sizeOf(type.of.type);
      return type.count === undefined || element === undefined ? undefined : element * type.count;
    }
    case "struct":
    case "union":
      return type.layout?.isVariable ? undefined : type.layout?.size;
    default:
      return undefined;
  }
}

/** What `sizeof` says: a reference is what it refers to. */
export const measuredSize = (type: CType): number | undefined =>
  sizeOf(type.kind === "reference" ? type.to.type : type);

/** Bytes. */
export function alignOf({ type, align }: Qualified): number {
  return align ?? naturalAlign(type);
}

function naturalAlign(type: CType): number {
  switch (type.kind) {
    case "int":
    case "bool":
    case "float":
      return type.size;
    case "complex":
      return type.size / 2;
    case "vector":
      return Math.min(type.size, 16);
    case "enum":
      return 4;
    case "pointer":
    case "reference":
      return pointerSize;
    case "array":
      return alignOf(type.of);
    case "struct":
    case "union":
      return type.layout?.align ?? 1;
    default:
      return 1;
  }
}

/** As LuaJIT prints it: `const char *`, `int (*)[3]`, `struct foo`. */
export function typeName(subject: Qualified): string {
  return spell(subject, "");
}

function spell(subject: Qualified, inner: string): string {
  const { type } = subject;
  switch (type.kind) {
    case "pointer":
    case "reference": {
      const words = qualifiers(subject);
      const star = `${type.kind === "pointer" ? "*" : "&"}${words}${words !== "" && inner !== "" ? " " : ""}${inner}`;
      const wraps = type.to.type.kind === "array" || type.to.type.kind === "function";
      return spell(type.to, wraps ? `(${star})` : star);
    }
    case "array":
      return spell(type.of, `${inner}[${type.isVariable ? "?" : (type.count ?? "")}]`);
    case "function":
      return spell(type.returns, `${inner}()`);
    default: {
      const words = qualifiers(subject);
      return `${words === "" ? "" : `${words} `}${word(type)}${inner === "" ? "" : ` ${inner}`}`;
    }
  }
}

const qualifiers = ({ isConst, isVolatile }: Qualified) =>
  [isConst ? "const" : "", isVolatile ? "volatile" : ""].filter((each) => each !== "").join(" ");

const integerWords: Readonly<Record<number, string>> = { 1: "char", 2: "short", 4: "int" };
const floatWords: Readonly<Record<number, string>> = { 4: "float", 8: "double", 16: "long double" };

function word(type: Exclude<CType, PointerType | ArrayType | FunctionType>): string {
  switch (type.kind) {
    case "void":
    case "bool":
      return type.kind;
    case "int": {
      const name = integerWords[type.size];
      if (name === undefined) return `${type.isUnsigned ? "u" : ""}int${type.size * 8}_t`;
      return type.isUnsigned ? `unsigned ${name}` : name;
    }
    case "float":
      return floatWords[type.size] ?? "double";
    case "complex":
      return type.size === 8 ? "complex float" : "complex";
    case "vector":
      return `${typeName(type.of)} __attribute__((vector_size(${type.size})))`;
    default:
      return `${type.kind} ${type.tag ?? type.id}`;
  }
}
