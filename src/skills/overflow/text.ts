/**
 * Measuring and cutting text by UTF-8 bytes and lines. CRLF and CR count as LF, as in the counts of a result.
 * @module
 */
import type { BudgetScope } from "./budget.ts";

export interface TextPage {
  /** 1-based, inclusive. */
  readonly firstLine: number;
  readonly lastLine: number;
  readonly bytes: number;
}

export function textBytes(text: string): number {
  return utf8Length(text.replace(/\r\n?/g, "\n"));
}

/** LF-separated pieces; 0 for empty text, and a trailing LF counts as one more line. */
export function lineCount(text: string): number {
  return text === "" ? 0 : text.replace(/\r\n?/g, "\n").split("\n").length;
}

/** As many whole lines as fit; a first line that is too long alone is cut between characters. */
export function cutText(text: string, limit: BudgetScope): string {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    const size = utf8Length(line) + (kept.length > 0 ? 1 : 0);
    if (kept.length >= limit.lines || bytes + size > limit.bytes) break;
    kept.push(line);
    bytes += size;
  }
  if (kept.length === 0 && limit.lines > 0) return cutLine(lines[0] ?? "", limit.bytes);
  return kept.join("\n");
}

/** Pages of whole lines, each within the limit; a line that is larger is a page of its own. */
export function pageText(text: string, limit: BudgetScope): TextPage[] {
  const pages: TextPage[] = [];
  let first = 1;
  let bytes = 0;
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  for (const [i, line] of lines.entries()) {
    const number = i + 1;
    const size = utf8Length(line) + (number < lines.length ? 1 : 0);
    if (number > first && (bytes + size > limit.bytes || number - first >= limit.lines)) {
      pages.push({ firstLine: first, lastLine: number - 1, bytes });
      first = number;
      bytes = 0;
    }
    bytes += size;
  }
  pages.push({ firstLine: first, lastLine: lines.length, bytes });
  return pages;
}

function cutLine(line: string, maxBytes: number): string {
  let end = 0;
  let bytes = 0;
  for (const character of line) {
    bytes += utf8Length(character);
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return line.slice(0, end);
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
