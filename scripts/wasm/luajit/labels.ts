import { AnchorError, once } from "../anchors.ts";
import type { StaticData } from "../texts/static-data.ts";
import type { WatModule } from "../wat-module.ts";

/** The first label of a FuncState, and of its innermost BlockCnt. */
const ofFunction = "i32.load offset=44";
const ofBlock = "i32.load offset=12\ni32.load offset=4";

/**
 * A block may have a label by the name of one around it, as in LuaJIT, and `goto` means the innermost. Lua 5.4 wants each name
 * once among all that are visible.
 */
export function labelInnerBlocks(module: WatModule, data: StaticData): void {
  const parser = once(data.usersOf(module, "label '%s' already defined on line %d"), "statements");
  const [jump, label, ...others] = module.linesOf(parser, new RegExp(`^${ofFunction}$`));
  if (jump === undefined || label === undefined || others.length > 0) {
    throw new AnchorError("labels", "are not looked for where they were");
  }
  searchBackwards(module, jump);
  module.replace(label, ofBlock);
}

/** `goto` goes through the labels of its function from the first: now from the last. */
function searchBackwards(module: WatModule, first: number): void {
  const [, count] = /^local\.tee (\S+)$/.exec(module.line(first - 3)) ?? [];
  const [, index] = /^local\.tee (\S+)$/.exec(module.line(first + 1)) ?? [];
  const text = (from: number, length: number) => module.lines.slice(from, from + length).join(" ");
  const step = `local.get ${index} i32.const 1 i32.add local.tee ${index} i32.ne`;
  const at = once(
    Array.from({ length: 30 }, (_, i) => first + i).filter((line) => text(line, 5) === step),
    "next label of goto",
  );
  if (count === undefined || !text(first + 2, 2).startsWith("i32.le_s br_if")) {
    throw new AnchorError("goto", "does not look through the labels as it did");
  }
  module.replace(at + 1, "i32.const -1");
  module.insertAfter(
    first + 3,
    `local.get ${count}
i32.const -1
i32.add
local.get ${index}
i32.const -1
i32.add
local.set ${count}
local.set ${index}`,
  );
}
