/**
 * Lua values as compact JSON text (vulcan-api.md §2.1), written straight from the Lua stack.
 * @module
 */
import { compareBytes } from "../../base/bytes/byte-order.ts";
import { charge } from "../../base/work.ts";
import type { LuaInstance } from "../wasm/instance.ts";
import { jsonNumber } from "./numbers.ts";
import { type ScanGuard, TableScanner } from "./scan.ts";
import { decodeText, strict } from "./text.ts";

const COMPARE_UNITS = 8;
/** Bytes of a string that are written at once. */
const LONG = 2 ** 16;

/** Levels of tables that still convert (§2.1 saw 1900 natively). */
const JSON_DEPTH = 1900;

interface Container {
  /** Elements of an array. */
  text: string;
  /** Members of an object. */
  readonly keys: string[];
  readonly values: string[];
}

/** Records come in numbers: objects of up to so many members remember how the last one of their size was written. */
const REMEMBERED = 32;

export class JsonReader extends TableScanner<string, Container> {
  readonly #shapes: (Shape | undefined)[] = new Array(REMEMBERED).fill(undefined);

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
    const { order, heads } = this.#shape(keys);
    let text = "{";
    for (let i = 0; i < order.length; i++) text += (heads[i] as string) + (values[order[i] as number] as string);
    return `${text}}`;
  }

  #shape(keys: readonly string[]): Shape {
    const last = this.#shapes[keys.length];
    if (last && sameKeys(last.keys, keys)) return last;
    const shape = makeShape(keys);
    if (keys.length < REMEMBERED) this.#shapes[keys.length] = shape;
    return shape;
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
  /** Part by part, and no larger than the VM could take back: an escape is six bytes where there was one. */
  #longText(start: number, length: number): string {
    const decoder = strict();
    let out = '"';
    for (let at = 0; at < length; at += LONG) {
      this.step();
      const end = Math.min(length, at + LONG);
      const piece = this.instance.u8.slice(start + at, start + end);
      let text: string;
      try {
        text = decoder.decode(piece, { stream: end < length });
      } catch {
        return '""';
      }
      const written = quoted(text);
      this.pay(Math.max(0, written.length - (end - at)));
      out += written.slice(1, -1);
    }
    return `${out}"`;
  }

  protected text(start: number, length: number): string {
    return length > LONG ? this.#longText(start, length) : quoted(decodeText(this.instance.u8, start, length) ?? "");
  }
}

/** Text that needs no escapes, which is nearly all of it, costs a third of JSON.stringify this way. */
const quoted = (text: string): string => (needsEscape.test(text) ? JSON.stringify(text) : `"${text}"`);
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to be escaped
const needsEscape = /["\\\u0000-\u001f\ud800-\udfff]/;

/** How objects with one sequence of keys are written. */
interface Shape {
  readonly keys: readonly string[];
  /** Positions of the members, by the UTF-8 bytes of their keys. */
  readonly order: readonly number[];
  /** What stands before each value: `"key":`, with a comma from the second on. */
  readonly heads: readonly string[];
}

function makeShape(keys: readonly string[]): Shape {
  const compare = keys.some((key) => beyondUnitOrder.test(key)) ? compareBytes : byUnit;
  const sorted = keys
    .map((_, i) => i)
    .sort((a, b) => {
      charge(COMPARE_UNITS);
      return compare(keys[a] as string, keys[b] as string);
    });
  // Keys of different Lua types may have one text ([1.5] and ["1.5"]): the last one written wins.
  const order = sorted.filter((at, i) => i + 1 === sorted.length || keys[sorted[i + 1] as number] !== keys[at]);
  const heads = order.map((at, i) => `${i > 0 ? "," : ""}${quoted(keys[at] as string)}:`);
  return { keys, order, heads };
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const beyondUnitOrder = /[\ud800-\uffff]/;
const byUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
