/**
 * Expressions of re2js whose searches are paid for. One takes time in proportion to text times pattern, which is seconds
 * for a megabyte and a long pattern, and nothing else interrupts it.
 * @module
 */
import type { RE2JS } from "re2js";
import { charge } from "../work.ts";

/** The package: a file of its own, loaded where somebody has an expression to run. */
export type Re2 = typeof import("re2js");

/** What re2js reads the text through. */
interface TextInput {
  endPos(): number;
  step(at: number): number;
}

/** Characters. */
export const mostPattern = 8 * 1024;
/** Compiling takes some microseconds a character, in one go; repeated ones count as often as they are repeated. */
const mostWritten = 10_000;
const patternUnits = 300;
/** A class is tables of Unicode, which are folded and merged. */
const classWeight = 20;
/** A step through the text, and what each instruction of the program adds to it when all of them are followed. */
const stepUnits = 5;
const instructionUnits = 0.5;
/** Characters between two bookings. */
const stride = 32;

/** @throws Error for a pattern that is too long, and with RE2's complaint */
export function compileMetered(re2: Re2, pattern: string, what: string, flags = 0): RE2JS {
  if (pattern.length > mostPattern) throw new Error(`${what} is longer than ${mostPattern} characters`);
  charge(patternUnits * pattern.length);
  if (writtenOut(pattern) > mostWritten) {
    throw new Error(
      `${what} is too large: with its repetitions written out it has more than ${mostWritten} characters, of which a class counts ${classWeight}`,
    );
  }
  const expression = re2.RE2JS.compile(pattern, flags);
  const engine = expression.re2();
  const { executeEngine } = engine;
  const units = stride * (stepUnits + instructionUnits * engine.numberOfInstructions());
  engine.executeEngine = (input: TextInput, ...rest) => {
    // A prefix is looked for without steps.
    charge(input.endPos() >> 3);
    const step = input.step.bind(input);
    let steps = 0;
    input.step = (at) => {
      if (++steps % stride === 0) charge(units);
      return step(at);
    };
    return executeEngine.call(engine, input, ...(rest as [unknown, unknown, unknown]));
  };
  return expression;
}

/** Characters of the pattern with its `{n}` written out, about: what is inside brackets is repeated as a whole. */
function writtenOut(pattern: string): number {
  const open: number[] = [];
  let total = 0;
  let last = 1;
  for (const [part, repeats, most] of pattern.matchAll(/\{(\d+)(?:,(\d*))?\}|\\(?:[xpP]\{[^}]*\}|[\s\S])|[\s\S]/g)) {
    if (repeats !== undefined) {
      total += last * Math.max(0, Number(most || repeats) - 1);
      continue;
    }
    total += part === "[" || /\\[pPwWdDsS]/.test(part) ? classWeight : 1;
    if (part === "(") open.push(total);
    else if (part === ")") last = total - (open.pop() ?? total);
    else last = part === "]" || part.length > 1 ? classWeight : 1;
  }
  return total;
}
