/**
 * A tick per token of the parser, and per character of a token: compiling a chunk of a few hundred kilobytes takes longer than a deadline may be missed.
 * The error is raised in place, as the lexer raises its own.
 * @module
 */
import { AnchorError, once } from "../anchors.ts";
import type { StaticData } from "../texts/static-data.ts";
import type { WatFunction, WatModule } from "../wat-module.ts";
import { raisingTick, where } from "./budget.ts";

/** LexState.L; `malformed number` and the rest are raised through it. */
const stateOffset = 52;
const parserState = "$meterL";
const unfinishedLong = "unfinished long %s (starting at line %d)";

/** Answers the functions it covered. */
export function addParserTicks(module: WatModule, data: StaticData): ReadonlySet<WatFunction> {
  const lexer = once(data.usersOf(module, "malformed number"), "lexer");
  if (!module.body(lexer).includes(data.constantOf("unfinished string"))) {
    throw new AnchorError("lexer", "does not know unfinished strings");
  }
  const loads = module.linesOf(lexer, new RegExp(`^i32\\.load offset=${stateOffset}$`));
  if (!loads.some((line) => module.line(line - 1) === "local.get $p0")) {
    throw new AnchorError("LexState.L", `the lexer does not read offset ${stateOffset}`);
  }
  module.addLocal(lexer, parserState, `local.get $p0\ni32.load offset=${stateOffset}`);
  module.addField(
    "func",
    `(func $parser_tick (param ${parserState} i32)\n${raisingTick(module, parserState, where.cLoop)})`,
  );
  const tick = `local.get ${parserState}\ncall $parser_tick`;
  module.insertAtStart(lexer, tick);
  // Blanks and comments make no token, and a name, a number or a string may be as long as the text.
  for (const line of module.linesOf(lexer, /^loop\b/)) module.insertAfter(line, tick);
  const long = once(data.usersOf(module, unfinishedLong), "read_long_string");
  module.addLocal(long, parserState, `local.get $p0\ni32.load offset=${stateOffset}`);
  for (const line of module.linesOf(long, /^loop\b/)) module.insertAfter(line, tick);
  return new Set([lexer, long]);
}
