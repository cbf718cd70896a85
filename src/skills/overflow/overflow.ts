/**
 * What a host may do with a result that is larger than its client's budget (spec engine.md §13.3). Pure: files are named
 * and described here, and written by the caller.
 * @module
 */
import type { CallResult } from "../../contract/contract.ts";
import type { BudgetScope, ClientBudgetSnapshot } from "./budget.ts";
import { cutText, lineCount, pageText, textBytes } from "./text.ts";

export interface OverflowOptions {
  /** Budget bytes of 0 mean "no limit". Default false: they mean zero bytes. */
  readonly zeroMeansUnlimited?: boolean;
  /** For results that name no mode. Default "Truncate". */
  readonly defaultMode?: "Truncate" | "Page";
  /** A template by file name, skill-local first, then the host's; undefined when there is none. */
  readonly templates?: (fileName: string) => string | undefined;
  /** Where the caller will put the full text in page mode. Default `overflow.txt`. */
  readonly spillFile?: string;
  /** Placeholders of the host's own, or its values for known ones. */
  readonly values?: Readonly<Record<string, string>>;
}

export interface RenderedOverflow {
  readonly content: string;
  /** What was done; null when the result fits. */
  readonly mode: "Truncate" | "Page" | null;
  /** Page mode: write this before handing out `content`. */
  readonly spill: { readonly file: string; readonly text: string } | null;
}

const fallbackTemplates = {
  Truncate: "{{truncated_content}}\n\n{{truncate_notice}}",
  Page: "The result has {{content_bytes}} bytes in {{content_lines}} lines and was saved to {{spill_file}} ({{page_count}} pages):\n{{chunks}}",
};

/**
 * @example
 * const shown = renderOverflow(result, budget, { spillFile: "/runtime/temp/result-1.txt" });
 * if (shown.spill) await rt.fs.write(shown.spill.file, shown.spill.text);
 */
export function renderOverflow(
  result: Pick<CallResult, "content" | "overflowMode" | "templateHint">,
  budget: ClientBudgetSnapshot,
  options: OverflowOptions = {},
): RenderedOverflow {
  const limit = effectiveScope(budget.tool_result, options);
  const { content } = result;
  if (textBytes(content) <= limit.bytes && lineCount(content) <= limit.lines)
    return { content, mode: null, spill: null };
  const mode = result.overflowMode ?? options.defaultMode ?? "Truncate";
  const template = findTemplate(mode, result.templateHint, options);
  const file = options.spillFile ?? "overflow.txt";
  const pages = mode === "Page" ? pageText(content, effectiveScope(budget.file_read, options)) : [];
  const values = {
    ...placeholders(content, file, pages, budget),
    ...options.values,
  };
  if (mode === "Page") return { content: expand(template, values), mode, spill: { file, text: content } };
  return { content: truncated(content, limit, template, values), mode, spill: null };
}

/** The template takes its part of the budget; the text gets what is left. */
function truncated(
  content: string,
  limit: BudgetScope,
  template: string,
  values: Readonly<Record<string, string>>,
): string {
  const frame = expand(template, { ...values, truncated_content: "" });
  const room = {
    bytes: Math.max(0, limit.bytes - textBytes(frame)),
    lines: Math.max(0, limit.lines - Math.max(0, lineCount(frame) - 1)),
  };
  return expand(template, { ...values, truncated_content: cutText(content, room) });
}

function placeholders(
  content: string,
  file: string,
  pages: ReturnType<typeof pageText>,
  budget: ClientBudgetSnapshot,
): Record<string, string> {
  const bytes = String(textBytes(content));
  const lines = String(lineCount(content));
  return {
    content_bytes: bytes,
    content_lines: lines,
    total_bytes: bytes,
    total_lines: lines,
    spill_file: file,
    raw_file: file,
    format: "text",
    page_count: String(pages.length),
    chunk_count: String(pages.length),
    chunks: pages
      .map((page, i) => `- ${i + 1}: lines ${page.firstLine}-${page.lastLine} (${page.bytes} bytes)`)
      .join("\n"),
    safe_inline_limit_bytes: String(budget.tool_result.bytes),
    safe_inline_limit_lines: String(budget.tool_result.lines),
    safe_read_limit_bytes: String(budget.file_read.bytes),
    safe_read_limit_lines: String(budget.file_read.lines),
    truncate_notice: `[truncated: the full result has ${bytes} bytes in ${lines} lines]`,
  };
}

/** The hint's file, the mode's conventional file, else a plain one. A hint is one path component or nothing. */
function findTemplate(mode: "Truncate" | "Page", hint: string | null, options: OverflowOptions): string {
  const safe = hint !== null && !/[\\/]/.test(hint) && !/^\.*$/.test(hint) ? hint : undefined;
  const names = [safe, mode === "Page" ? "overflow_page.md" : "overflow_truncate.md"];
  for (const name of names) {
    const template = name === undefined ? undefined : options.templates?.(name);
    if (template !== undefined) return template;
  }
  return fallbackTemplates[mode];
}

/** Unknown placeholders become empty text. */
function expand(template: string, values: Readonly<Record<string, string>>): string {
  // Blanks are trimmed afterwards: an expression that skips them on both sides takes quadratic time over a long run of them.
  return template.replace(/\{\{([^{}]*)\}\}/g, (_, inner: string) => {
    const name = inner.trim();
    return Object.hasOwn(values, name) ? (values[name] ?? "") : "";
  });
}

function effectiveScope(scope: BudgetScope, options: OverflowOptions): BudgetScope {
  const unlimited = Number.POSITIVE_INFINITY;
  return {
    bytes: scope.bytes === 0 && options.zeroMeansUnlimited === true ? unlimited : scope.bytes,
    lines: scope.lines < 0 ? unlimited : scope.lines,
  };
}
