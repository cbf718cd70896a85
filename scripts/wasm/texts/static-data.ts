/**
 * The constants of the module as they lie in memory. Active data segments are written by instantiation, so a throw-away
 * instance shows them without running any code.
 * @module
 */
import { AnchorError, once } from "../anchors.ts";
import type { WatFunction, WatModule } from "../wat-module.ts";

/** Everything static of wasmoon 1.16.0 ends far below this. */
const staticBytes = 1 << 17;

export class StaticData {
  readonly #memory: Buffer;

  constructor(glue: Uint8Array) {
    const module = new WebAssembly.Module(Uint8Array.from(glue));
    const imports: Record<string, Record<string, () => number>> = {};
    for (const entry of WebAssembly.Module.imports(module)) {
      const group = imports[entry.module] ?? {};
      group[entry.name] = () => 0;
      imports[entry.module] = group;
    }
    const { memory } = new WebAssembly.Instance(module, imports).exports;
    if (!(memory instanceof WebAssembly.Memory)) throw new AnchorError("export memory", "is missing");
    this.#memory = Buffer.from(memory.buffer).subarray(0, staticBytes);
  }

  /** Address of a NUL-terminated text that occurs exactly once. */
  address(text: string): number {
    const at = this.#memory.indexOf(`${text}\0`);
    if (at < 0) throw new AnchorError(`text "${text}"`, "not found");
    if (this.#memory.indexOf(`${text}\0`, at + 1) >= 0) throw new AnchorError(`text "${text}"`, "found more than once");
    return at;
  }

  byte(address: number): number {
    return this.#memory[address] ?? 0;
  }

  /** Where these bytes lie. */
  find(bytes: readonly number[]): number[] {
    const found: number[] = [];
    const wanted = Buffer.from(bytes);
    for (let at = this.#memory.indexOf(wanted); at >= 0; at = this.#memory.indexOf(wanted, at + 1)) found.push(at);
    return found;
  }

  /** Every word that may be a pointer. */
  words(): number[] {
    return Array.from({ length: staticBytes / 4 }, (_, i) => this.int32(i * 4));
  }

  /** Texts that match, with their addresses. */
  texts(pattern: RegExp): { text: string; at: number }[] {
    return [...this.#memory.toString("latin1").matchAll(pattern)].map((match) => ({ text: match[0], at: match.index }));
  }

  int32(address: number): number {
    return this.#memory.readInt32LE(address);
  }

  /** Nothing points into the middle of `text`: the linker stores a text that ends another one only once. */
  assertUnshared(module: WatModule, text: string): void {
    const start = this.address(text);
    const inside = (address: number) => address > start && address <= start + text.length;
    const constants = module.lines.flatMap((line) => /^i32\.const (\d+)$/.exec(line)?.[1] ?? []);
    if (constants.some((constant) => inside(Number(constant))) || this.words().some(inside)) {
      throw new AnchorError(`text "${text}"`, "shares its end with another one");
    }
  }

  /** A luaL_Reg `{ name, function }` with this name and slot exists exactly once. */
  assertRegistered(name: string, slot: number): void {
    const found: number[] = [];
    for (let at = 0; at + 8 <= staticBytes; at += 4) {
      if (this.int32(at + 4) !== slot) continue;
      const text = this.int32(at);
      if (
        text > 0 &&
        text < staticBytes &&
        this.#memory.toString("latin1", text, text + name.length + 1) === `${name}\0`
      ) {
        found.push(at);
      }
    }
    once(found, `registration of ${name} in slot ${slot}`);
  }

  /** The instruction that pushes the address of `text`. */
  constantOf(text: string): string {
    return `i32.const ${this.address(text)}`;
  }

  /** Functions that mention `text`. */
  usersOf(module: WatModule, text: string): WatFunction[] {
    const constant = this.constantOf(text);
    return module.functions.filter((fn) => module.body(fn).includes(constant));
  }
}
