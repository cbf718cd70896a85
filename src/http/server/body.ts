import { LuaSkillsError } from "../../errors.ts";

/** The host's own cap on a body, not a rule of the surface: HTTP has a status for it. */
export class BodyTooLarge extends LuaSkillsError {
  constructor(maxBytes: number) {
    super("invalid_argument", `the request body is larger than ${maxBytes} bytes`, { data: { maxBytes } });
  }
}

/** The body's text. @throws {@link BodyTooLarge}; LuaSkillsError `invalid_argument` when it is not UTF-8 */
export async function readBody(request: Request, maxBytes: number): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw new BodyTooLarge(maxBytes);
  if (!request.body) return "";
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = request.body.getReader();
  let size = 0;
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    size += value?.length ?? 0;
    if (size > maxBytes) {
      await reader.cancel();
      throw new BodyTooLarge(maxBytes);
    }
    try {
      text += decoder.decode(value, { stream: !done });
    } catch (cause) {
      throw new LuaSkillsError("invalid_argument", "the request body is not UTF-8 text", { cause });
    }
    if (done) return text;
  }
}

/** @throws LuaSkillsError `invalid_argument` */
export function parseBody(text: string, parse: (text: string) => unknown = JSON.parse): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw new LuaSkillsError("invalid_argument", `the request body is not JSON: ${String(cause)}`, { cause });
  }
}
