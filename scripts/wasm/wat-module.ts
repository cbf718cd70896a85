/**
 * A wasm module as lines of flat text with generated names. Insertions name functions and globals instead of numbering
 * them, so an added import shifts nothing; line numbers stay those of the input until {@link WatModule.toBinary}.
 * @module
 */
import wabtInit from "wabt";
import { AnchorError, once } from "./anchors.ts";

const features = { exceptions: true };

export interface WatFunction {
  readonly name: string;
  /** Line of `(func …`. */
  readonly start: number;
  /** First line after the function. */
  readonly end: number;
}

const moduleField = /^\((?:func|table|memory|global|export|elem|data)\b/;
const opener = /^(?:block|loop|if) (\$\S+)/;

export class WatModule {
  readonly lines: readonly string[];
  readonly functions: readonly WatFunction[];
  readonly #before = new Map<number, string[]>();
  readonly #after = new Map<number, string[]>();
  readonly #replaced = new Map<number, string>();

  private constructor(text: string) {
    this.lines = text
      .split("\n")
      .map((line) => line.trim())
      .flatMap(closingOnItsOwnLine);
    this.functions = findFunctions(this.lines);
  }

  static async read(bytes: Uint8Array): Promise<WatModule> {
    const wabt = await wabtInit();
    const module = wabt.readWasm(bytes, { readDebugNames: false, ...features });
    try {
      module.generateNames();
      module.applyNames();
      return new WatModule(module.toText({ foldExprs: false, inlineExport: false }));
    } finally {
      module.destroy();
    }
  }

  body(fn: WatFunction): readonly string[] {
    return this.lines.slice(fn.start, fn.end);
  }

  /** Lines of `fn` that match. */
  linesOf(fn: WatFunction, pattern: RegExp): number[] {
    const found: number[] = [];
    for (let i = fn.start; i < fn.end; i++) if (pattern.test(this.line(i))) found.push(i);
    return found;
  }

  line(index: number): string {
    return this.lines[index] ?? "";
  }

  /** Every line of the module that matches. */
  find(pattern: RegExp): number[] {
    return this.lines.flatMap((line, i) => (pattern.test(line) ? [i] : []));
  }

  /** The internal name of an exported function. */
  exported(name: string): string {
    const pattern = new RegExp(`^\\(export "${name}" \\(func (\\S+?)\\)`);
    return once(
      this.lines.flatMap((line) => pattern.exec(line)?.[1] ?? []),
      `export ${name}`,
    );
  }

  function(name: string): WatFunction {
    return once(
      this.functions.filter((fn) => fn.name === name),
      `function ${name}`,
    );
  }

  /** The line at which the block `label` of `fn` ends, i.e. where a branch to it continues; of a loop the line it ends at. */
  blockEnd(fn: WatFunction, label: string, kind: "block" | "loop" = "block"): number {
    const open: string[] = [];
    const ends: number[] = [];
    for (let i = fn.start; i < fn.end; i++) {
      const opened = opener.exec(this.line(i));
      if (opened?.[1] === label && !this.line(i).startsWith(`${kind} `)) {
        throw new AnchorError(`label ${label}`, `is not a ${kind}`);
      }
      if (opened) open.push(opened[1] ?? "");
      else if (this.line(i) === "end" && open.pop() === label) ends.push(i);
    }
    return once(ends, `end of block ${label}`);
  }

  /** The line with replacements made so far. */
  current(index: number): string {
    return this.#replaced.get(index) ?? this.line(index);
  }

  insertBefore(line: number, text: string): void {
    push(this.#before, line, text);
  }

  insertAfter(line: number, text: string): void {
    push(this.#after, line, text);
  }

  replace(line: number, text: string): void {
    this.#replaced.set(line, text);
  }

  /** Declares an i32 local and sets it on entry. */
  addLocal(fn: WatFunction, name: string, value: string): void {
    this.insertAfter(fn.start, `(local ${name} i32)`);
    this.insertAtStart(fn, `${value}\nlocal.set ${name}`);
  }

  /** Before the first instruction; later calls come after earlier ones. */
  insertAtStart(fn: WatFunction, text: string): void {
    let first = fn.start + 1;
    while (this.line(first).startsWith("(local ")) first++;
    this.insertBefore(first, text);
  }

  /** Adds a module field after the last of its kind; `func` goes before the table, `data` before the first. */
  addField(kind: "import" | "func" | "global" | "export" | "data", text: string): void {
    if (kind === "func") {
      this.insertBefore(once(this.find(/^\(table /), "table"), text);
      return;
    }
    // The last one closes the module.
    if (kind === "data") {
      this.insertBefore(once(this.find(/^\(data /).slice(0, 1), "data"), text);
      return;
    }
    const last = this.find(new RegExp(`^\\(${kind} `)).at(-1);
    if (last === undefined) throw new AnchorError(kind, "the module has none");
    this.insertAfter(last, text);
  }

  toText(): string {
    return this.lines
      .flatMap((line, i) => [
        ...(this.#before.get(i) ?? []),
        this.#replaced.get(i) ?? line,
        ...(this.#after.get(i) ?? []),
      ])
      .join("\n");
  }

  async toBinary(): Promise<Uint8Array> {
    return compileWat("lua.wat", this.toText());
  }
}

/** Compiles and validates WebAssembly text (with exception handling). */
export async function compileWat(name: string, text: string): Promise<Uint8Array> {
  const wabt = await wabtInit();
  const module = wabt.parseWat(name, text, features);
  try {
    module.resolveNames();
    module.validate();
    return Uint8Array.from(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
}

/** wabt writes the `)` of a function behind its last instruction. */
function closingOnItsOwnLine(line: string): string[] {
  const closes = !line.startsWith("(") && line.endsWith(")") && !line.includes("(");
  return closes ? [line.slice(0, -1), ")"] : [line];
}

function findFunctions(lines: readonly string[]): WatFunction[] {
  const fields = lines.flatMap((line, i) => (moduleField.test(line) ? [i] : []));
  return fields.flatMap((start, i) => {
    const name = /^\(func (\S+)/.exec(lines[start] ?? "")?.[1];
    return name === undefined ? [] : [{ name, start, end: fields[i + 1] ?? lines.length }];
  });
}

function push(map: Map<number, string[]>, line: number, text: string): void {
  const there = map.get(line);
  if (there) there.push(text);
  else map.set(line, [text]);
}
