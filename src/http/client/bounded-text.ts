import { LuaSkillsError } from "../../errors.ts";
import { readText } from "../read-text.ts";

/** @throws LuaSkillsError `network_error` */
export function tooLarge(maxBytes: number): LuaSkillsError {
  return new LuaSkillsError("network_error", `the server's answer is larger than ${maxBytes} bytes (maxBytes)`, {
    data: { maxBytes },
  });
}

/** The body as text, read up to a size. @throws LuaSkillsError `network_error` */
export const boundedText = (response: Response, maxBytes: number): Promise<string> =>
  readText(response, { maxBytes, tooLarge });
