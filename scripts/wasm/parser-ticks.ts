/**
 * A tick per token of the parser: compiling a chunk of a few hundred kilobytes takes longer than a deadline may be missed.
 * The error is raised in place, as the lexer raises its own.
 * @module
 */
import { AnchorError, once } from "./anchors.ts";
import { raisingTick, where } from "./budget.ts";
import type { StaticData } from "./static-data.ts";
import type { WatModule } from "./wat-module.ts";

/** LexState.L; `malformed number` and the rest are raised through it. */
const stateOffset = 52;
const parserState = "$meterL";

export function addParserTicks(module: WatModule, data: StaticData): void {
  const lexer = once(data.usersOf(module, "malformed number"), "lexer");
  if (!module.body(lexer).includes(data.constantOf("unfinished string"))) {
    throw new AnchorError("lexer", "does not know unfinished strings");
  }
  const loads = module.linesOf(lexer, new RegExp(`^i32\\.load offset=${stateOffset}$`));
  if (!loads.some((line) => module.line(line - 1) === "local.get $p0")) {
    throw new AnchorError("LexState.L", `the lexer does not read offset ${stateOffset}`);
  }
  module.addLocal(lexer, parserState, `local.get $p0\ni32.load offset=${stateOffset}`);
  module.insertAtStart(lexer, raisingTick(module, parserState, where.cLoop));
}
