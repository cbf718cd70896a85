import { LuaSkillsError } from "../../errors.ts";

/** @throws LuaSkillsError `network_error` */
export function tooLarge(maxBytes: number): LuaSkillsError {
  return new LuaSkillsError("network_error", `the server's answer is larger than ${maxBytes} bytes (maxBytes)`, {
    data: { maxBytes },
  });
}

/** The body as text, read up to a size. @throws LuaSkillsError `network_error` */
export async function boundedText(response: Response, maxBytes: number): Promise<string> {
  if (!response.body) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let size = 0;
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    size += value?.length ?? 0;
    if (size > maxBytes) {
      await reader.cancel();
      throw tooLarge(maxBytes);
    }
    text += decoder.decode(value, { stream: !done });
    if (done) return text;
  }
}
