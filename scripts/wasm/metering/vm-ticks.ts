/**
 * Ticks in luaV_execute, the bytecode interpreter: at backward and conditional jumps, loop ends and every Lua call. The
 * straight-line code between two of them is bounded, so every program that runs long passes one.
 * @module
 */
import { AnchorError, once } from "../anchors.ts";
import type { StaticData } from "../texts/static-data.ts";
import type { WatFunction, WatModule } from "../wat-module.ts";
import { charge, vmTick } from "./budget.ts";

const opcodes = 83; // Lua 5.4
/** OP_JMP, the tests OP_EQ … OP_TESTSET (they run the jump after them inline), OP_FORLOOP, OP_TFORCALL. */
const countedOpcodes = [56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 73, 76];

/** `dispatch[instruction & 127] - 2`: the compiler merged the first targets. */
const dispatchCode = new RegExp(
  [
    String.raw`^local\.get \S+`,
    String.raw`i32\.load`,
    String.raw`local\.tee \S+`,
    String.raw`i32\.const 127`,
    String.raw`i32\.and`,
    String.raw`i32\.const 2`,
    String.raw`i32\.shl`,
    String.raw`i32\.const (\d+)`,
    String.raw`i32\.add`,
    String.raw`i32\.load`,
    String.raw`i32\.const 2`,
    String.raw`i32\.sub$`,
  ].join(String.raw`\n`),
);
const dispatchLines = 12;
const fewestCopies = 10;

interface Dispatch {
  readonly execute: WatFunction;
  readonly labels: readonly string[];
  /** Where the table is. */
  readonly line: number;
  /** Address of the jump table in static data. */
  readonly table: number;
}

/** luaV_execute is the function with the only branch table of one target per opcode, fed by the instruction's low bits. */
export function findDispatch(module: WatModule): Dispatch {
  const candidates = module.find(/^br_table /).flatMap((line) => {
    const labels = module.line(line).split(/\s+/).slice(1);
    const fed = dispatchCode.exec(module.lines.slice(line - dispatchLines, line).join("\n"));
    return labels.length === opcodes && fed ? [{ line, labels, table: Number(fed[1]) }] : [];
  });
  const { line, labels, table } = once(candidates, "VM dispatch");
  const execute = once(
    module.functions.filter((fn) => fn.start < line && line < fn.end),
    "luaV_execute",
  );
  if (module.linesOf(execute, /^local\.(set|tee) \$p0$/).length > 0) {
    throw new AnchorError("luaV_execute", "overwrites its parameter L");
  }
  return { execute, labels, line, table };
}

export function addVmTicks(module: WatModule, data: StaticData): WatFunction {
  const { execute, labels, table } = findDispatch(module);
  for (const opcode of countedOpcodes) {
    // Read from the table, not assumed: the entries of SHL and SHR are swapped in this build.
    const index = data.int32(table + 4 * opcode) - 2;
    const label = index < 0 ? labels.at(-1) : labels[index];
    if (label === undefined) throw new AnchorError(`opcode ${opcode}`, `jump table entry ${index} is out of range`);
    module.insertAfter(module.blockEnd(execute, label), vmTick);
  }
  // Every Lua call and every entry from C starts the outer loop again.
  const [outer] = module.linesOf(execute, /^loop\b/);
  if (outer === undefined) throw new AnchorError("luaV_execute", "has no loop");
  module.insertAfter(outer, vmTick);
  chargeCopies(module, execute);
  return execute;
}

/** `...`, SETLIST, returns: one instruction may copy as many values as the stack holds. */
function chargeCopies(module: WatModule, execute: WatFunction): void {
  const dispatch = findDispatch(module).line;
  const copies = module.linesOf(execute, /^loop \$/).filter((line) => {
    const end = module.blockEnd(execute, module.line(line).split(" ")[1] ?? "", "loop");
    return end < dispatch || (line > dispatch && module.lines.slice(line, end).includes("i32.store8 offset=8"));
  });
  if (copies.length < fewestCopies)
    throw new AnchorError("luaV_execute", `copies values in ${copies.length} loops only`);
  for (const line of copies) module.insertAfter(line, charge);
}
