/**
 * Lua values as compact JSON text (vulcan-api.md §2.1), written straight from the Lua stack.
 * @module
 */
import type { LuaInstance } from "./instance.ts";
import { jsonNumber } from "./numbers.ts";
import { type ScanGuard, TableScanner } from "./scan.ts";
import { decodeText } from "./text.ts";

/** Levels of tables that still convert (§2.1 saw 1900 natively). */
export const JSON_DEPTH = 1900;

interface Container {
  /** Elements of an array. */
  text: string;
  /** Members of an object. */
  readonly keys: string[];
  readonly values: string[];
}

export class JsonReader extends TableScanner<string, Container> {
  constructor(instance: LuaInstance, guard: ScanGuard) {
    super(instance, guard, JSON_DEPTH);
  }

  protected array(): Container {
    return { text: "", keys: [], values: [] };
  }
  protected object(): Container {
    return { text: "", keys: [], values: [] };
  }
  protected addElement(array: Container, value: string): void {
    array.text += array.text === "" ? value : `,${value}`;
  }
  protected addMember(object: Container, key: string, value: string): void {
    object.keys.push(key);
    object.values.push(value);
  }
  protected finish(container: Container, isArray: boolean): string {
    if (isArray) return `[${container.text}]`;
    const { keys, values } = container;
    if (keys.length === 0) return "[]";
    // Keys of different Lua types may have one text: the last one written wins.
    const members = new Map<string, string>();
    for (let i = 0; i < keys.length; i++) members.set(keys[i] as string, values[i] as string);
    let text = "";
    for (const key of [...members.keys()].sort(byUtf8)) {
      text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${members.get(key)}`;
    }
    return `{${text}}`;
  }
  protected nil(): string {
    return "null";
  }
  protected boolean(value: boolean): string {
    return value ? "true" : "false";
  }
  protected float(value: number): string {
    return jsonNumber(value);
  }
  protected integer(value: number): string {
    return String(value);
  }
  protected wideInteger(value: bigint): string {
    return value.toString();
  }
  protected text(start: number, length: number): string {
    return JSON.stringify(decodeText(this.instance.u8, start, length) ?? "");
  }
}

/** Order of the UTF-8 bytes: that of UTF-16 except between surrogates and U+E000–U+FFFF. */
export function byUtf8(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

const rank = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);
