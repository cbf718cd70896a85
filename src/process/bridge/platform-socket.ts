import { LuaSkillsError } from "../../errors.ts";
import type { BridgeSocketClass } from "./connection.ts";

/** @throws LuaSkillsError `capability_unavailable` */
export function platformSocket(): BridgeSocketClass {
  if (typeof WebSocket === "undefined") {
    throw new LuaSkillsError("capability_unavailable", "this platform has no WebSocket to reach a bridge with");
  }
  return WebSocket as unknown as BridgeSocketClass;
}
