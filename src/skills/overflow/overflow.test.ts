import { describe, expect, it } from "vitest";
import type { ToolInputSchema } from "../../contract/contract.ts";
import { projectEntrySchema } from "../manifest/entry-schema.ts";
import type { ClientBudgetSnapshot } from "./budget.ts";
import { renderOverflow } from "./overflow.ts";

const budget = (bytes: number, lines = -1, read = { bytes: 1000, lines: -1 }): ClientBudgetSnapshot => ({
  tool_result: { bytes, lines },
  file_read: read,
});
const result = (
  content: string,
  overflowMode: "Truncate" | "Page" | null = null,
  templateHint: string | null = null,
) => ({
  content,
  overflowMode,
  templateHint,
});
const bytes = (text: string) => new TextEncoder().encode(text).byteLength;

describe("a result larger than its budget", () => {
  it("stays as it is when it fits, CRLF counted as one byte", () => {
    expect(renderOverflow(result("a\r\nb"), budget(3, 2))).toEqual({ content: "a\r\nb", mode: null, spill: null });
    expect(renderOverflow(result("a\nb"), budget(3, 1)).mode).toBe("Truncate");
    expect(renderOverflow(result("abc"), budget(0), { zeroMeansUnlimited: true }).mode).toBeNull();
    expect(renderOverflow(result("abc"), budget(0)).mode).toBe("Truncate");
  });

  it("is cut between lines so that text and notice fit together", () => {
    const content = Array.from({ length: 50 }, (_, i) => `line ${i} ü`).join("\n");
    const shown = renderOverflow(result(content), budget(200));
    expect(bytes(shown.content)).toBeLessThanOrEqual(200);
    expect(shown.content).toMatch(
      /^line 0 ü\nline 1 ü\n[\s\S]*\[truncated: the full result has \d+ bytes in 50 lines\]$/,
    );
    const byLines = renderOverflow(result(content), budget(10_000, 5));
    expect(byLines.content.split("\n").length).toBeLessThanOrEqual(5);
  });

  it("a single long line is cut between characters", () => {
    const templates = (name: string) => (name === "overflow_truncate.md" ? "{{truncated_content}}" : undefined);
    expect(renderOverflow(result("🚀🚀🚀"), budget(9), { templates }).content).toBe("🚀🚀");
  });

  it("is paged into a spill file with the skill's template; unknown placeholders are empty", () => {
    const content = Array.from({ length: 10 }, (_, i) => `${i}`.repeat(9)).join("\n");
    const shown = renderOverflow(result(content, "Page", "demo-page.md"), budget(10, -1, { bytes: 40, lines: 3 }), {
      spillFile: "/runtime/temp/out.txt",
      templates: (name) =>
        name === "demo-page.md"
          ? "{{spill_file}}|{{ page_count }}|{{nonsense}}|{{content_bytes}}\n{{chunks}}"
          : undefined,
    });
    expect(shown.spill).toEqual({ file: "/runtime/temp/out.txt", text: content });
    expect(shown.content).toBe(
      "/runtime/temp/out.txt|4||99\n- 1: lines 1-3 (30 bytes)\n- 2: lines 4-6 (30 bytes)\n- 3: lines 7-9 (30 bytes)\n- 4: lines 10-10 (9 bytes)",
    );
  });

  it("asks for no template outside one folder", () => {
    const asked: string[] = [];
    const templates = (name: string) => void asked.push(name);
    for (const hint of ["../../outside.md", "a\\b.md", "..", ""])
      renderOverflow(result("abc", "Page", hint), budget(1), { templates });
    expect(new Set(asked)).toEqual(new Set(["overflow_page.md"]));
  });

  it("text of the skill is never taken for a template", () => {
    expect(renderOverflow(result("{{spill_file}} and more"), budget(100, 0)).content).not.toContain("overflow.txt");
    const templates = () => "{{truncated_content}}";
    expect(renderOverflow(result("{{format}}\nx"), budget(10), { templates }).content).toBe("{{format}}");
  });
});

describe("the visible schema of an entry", () => {
  it("loses what the host injects, in properties and required, and leaves the descriptor alone", () => {
    const inputSchema: ToolInputSchema = {
      type: "object",
      properties: { LUASKILL_SID: { type: "string" }, q: { type: "string" } },
      required: ["LUASKILL_SID"],
      additionalProperties: false,
    };
    expect(projectEntrySchema({ inputSchema }, { hide: ["LUASKILL_SID", "PWD"] })).toEqual({
      type: "object",
      properties: { q: { type: "string" } },
      additionalProperties: false,
    });
    expect(projectEntrySchema({ inputSchema })).toEqual(inputSchema);
  });
});
