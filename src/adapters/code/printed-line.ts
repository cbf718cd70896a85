import type { LogEvent } from "../../contract/contract.ts";

/** What code printed, without the mark the runtime puts before it. */
export function printedLine({ message }: LogEvent): string {
  return message.replace(/^\[LuaSkill:\w+\] /, "");
}
