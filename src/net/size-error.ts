import { LuaSkillsError } from "../errors.ts";

export function tooLarge(url: string, bytes: number, maxBytes: number): LuaSkillsError {
  return new LuaSkillsError(
    "network_error",
    `Failed to download ${url}: the response has ${bytes} bytes or more; limits.downloadBytes is ${maxBytes}`,
    { data: { url, limit: maxBytes } },
  );
}
