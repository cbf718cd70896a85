/**
 * What code gave, as a text for a model.
 * @module
 */
import type { Json } from "../../contract/contract.ts";

/** Never longer than the limit by more than the note that says so. */
export function resultText(value: Json, output: string, maxCharacters: number): string {
  const result = typeof value === "string" ? value : JSON.stringify(value);
  const nothing = value === null;
  if (output === "") {
    return cut(nothing ? "nil (the code returned nothing; end it with `return`)" : result, maxCharacters);
  }
  return cut(nothing ? output : `${output}\n\nResult: ${result}`, maxCharacters);
}

function cut(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const left = text.length - maxCharacters;
  return `${text.slice(0, maxCharacters)}\n… ${left} more characters were cut off: return or print less.`;
}
