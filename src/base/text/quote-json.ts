import { charge } from "../work.ts";

/** UTF-16 units that are written at once. */
const partLength = 2 ** 17;

/** A text as JSON writes it, part by part: one of megabytes takes longer than a run may be late. */
export function quoteJson(text: string): string {
  if (text.length < partLength) {
    charge(text.length / 8);
    return JSON.stringify(text);
  }
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    charge(partLength / 4);
    let end = at + partLength;
    // Half a pair would be escaped.
    if ((text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end++;
    parts.push(JSON.stringify(text.slice(at, end)).slice(1, -1));
    at = end;
  }
  return `"${parts.join("")}"`;
}
