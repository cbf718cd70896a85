/**
 * Runs a regular expression in time proportional to text times pattern: all positions of the program are followed at
 * once, so no text makes it backtrack. (JavaScript's own engine would let a filter hang the worker.)
 * @module
 */
import { charge } from "../../work.ts";
import { type Assertion, type Instruction, parseRegExp } from "./parser.ts";

/**
 * Does the pattern match anywhere in the text?
 * @param flags letters that hold from the start, and after a `-` those that do not: `i`, `s`, `m`, and `u` unless it is off
 * @throws SyntaxError when the pattern cannot be used
 */
export function compileRegExp(pattern: string, flags?: string): (text: string) => boolean {
  const program = parseRegExp(pattern, flags);
  return (text) =>
    run(
      program,
      Array.from(text, (char) => char.codePointAt(0) ?? 0),
    );
}

function run(program: readonly Instruction[], text: readonly number[]): boolean {
  let current: number[] = [];
  let seen = new Uint32Array(program.length);
  for (let at = 0; at <= text.length; at++) {
    // A match may begin at every position.
    if (follow(program, 0, text, at, seen, current)) return true;
    const codePoint = text[at];
    if (codePoint === undefined) return false;
    charge(10 + program.length / 8);
    const next: number[] = [];
    seen = new Uint32Array(program.length);
    for (const address of current) {
      const instruction = program[address];
      if (instruction?.op !== "char" || !instruction.test(codePoint)) continue;
      if (follow(program, address + 1, text, at + 1, seen, next)) return true;
    }
    current = next;
  }
  return false;
}

/** Adds every character instruction reachable without reading from `from`; true when the end is reachable. */
function follow(
  program: readonly Instruction[],
  from: number,
  text: readonly number[],
  at: number,
  seen: Uint32Array,
  found: number[],
): boolean {
  const stack = [from];
  for (let address = stack.pop(); address !== undefined; address = stack.pop()) {
    charge(2);
    if (seen[address] === 1) continue;
    seen[address] = 1;
    const instruction = program[address];
    switch (instruction?.op) {
      case "match":
        return true;
      case "jump":
        stack.push(instruction.to);
        break;
      case "split":
        stack.push(instruction.second, instruction.first);
        break;
      case "assert":
        if (holds(instruction.what, text, at)) stack.push(address + 1);
        break;
      case "char":
        found.push(address);
    }
  }
  return false;
}

function holds(what: Assertion, text: readonly number[], at: number): boolean {
  const [before, after] = [text[at - 1], text[at]];
  switch (what) {
    case "start":
      return at === 0;
    case "end":
      return at === text.length;
    case "line start":
      return at === 0 || before === 10;
    case "line end":
      return at === text.length || after === 10;
    default: {
      const isWord = (codePoint: number | undefined) => codePoint !== undefined && what.isWord(codePoint);
      return (isWord(before) !== isWord(after)) === what.edge;
    }
  }
}
