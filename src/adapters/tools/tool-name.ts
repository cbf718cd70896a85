/**
 * Names that every model vendor takes.
 * @module
 */
import { crc32 } from "../../base/bytes/crc32.ts";

/** OpenAI and Anthropic's older models end there. */
const maxLength = 64;
/** Gemini wants a letter or an underscore in front. */
const safe = /^[a-zA-Z_][a-zA-Z0-9_-]*$/;

/**
 * A safe name stays. Any other loses what is not allowed and gets a mark of eight hex digits made from the original, so the
 * same name always gives the same tool, whatever else is in the list, and two names never meet by losing their difference.
 */
export function safeToolName(name: string): string {
  if (safe.test(name) && name.length <= maxLength) return name;
  return markedToolName(name);
}

/** As {@link safeToolName}, with the mark even where the name would be safe: for one that is taken. */
export function markedToolName(name: string): string {
  const mark = `_${crc32(new TextEncoder().encode(name)).toString(16).padStart(8, "0")}`;
  const plain = name.replaceAll(/[^a-zA-Z0-9_-]+/g, "_").replace(/^(?![a-zA-Z_])/, "_");
  return plain.slice(0, maxLength - mark.length) + mark;
}
