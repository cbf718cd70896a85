import { LuaSkillsError } from "../../errors.ts";
import { readText } from "../read-text.ts";

/** The host's own cap on a body, not a rule of the surface: HTTP has a status for it. */
export class BodyTooLarge extends LuaSkillsError {
  constructor(message: string, data: Readonly<Record<string, number>>) {
    super("invalid_argument", message, { data });
  }
}

const larger = (maxBytes: number) =>
  new BodyTooLarge(`the request body is larger than ${maxBytes} bytes`, { maxBytes });

/** The body's text. @throws {@link BodyTooLarge}; LuaSkillsError `invalid_argument` when it is not UTF-8 */
export async function readBody(request: Request, maxBytes: number): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw larger(maxBytes);
  return readText(request, {
    maxBytes,
    tooLarge: larger,
    notText: (cause) => new LuaSkillsError("invalid_argument", "the request body is not UTF-8 text", { cause }),
  });
}

/** @throws LuaSkillsError `invalid_argument`, {@link BodyTooLarge} for more than `maxValues` values */
export function parseBody(
  text: string,
  maxValues: number,
  parse: (text: string) => unknown = (given) => JSON.parse(given),
): unknown {
  // Small objects take thirty times their text.
  if (exceedsValues(text, maxValues))
    throw new BodyTooLarge(`the request body has more than ${maxValues} values`, { maxValues });
  try {
    return parse(text);
  } catch (cause) {
    throw new LuaSkillsError("invalid_argument", `the request body is not JSON: ${String(cause)}`, { cause });
  }
}

/** Whether JSON text has more members and items than that. Counted before anything is made of them. */
function exceedsValues(text: string, max: number): boolean {
  if (text.length <= max) return false;
  let values = 0;
  let inText = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0x5c) i += 1;
    else if (unit === 0x22) inText = !inText;
    else if (!inText && (unit === 0x2c || unit === 0x5b || unit === 0x7b)) {
      values += 1;
      if (values > max) return true;
    }
  }
  return false;
}
