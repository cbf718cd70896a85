/**
 * The Markdown luaexec answers with (vulcan-api.md §8.8). Bodies are not escaped.
 * @module
 */
import { trimText } from "../../host/arguments.ts";
import type { LuaReader } from "../../lua/interface.ts";
import { LuaValueError } from "../../lua/interface.ts";
import { prettyJson } from "./pretty-json.ts";

/** One returned value: the info word of its fence and its body. */
export interface RenderedValue {
  readonly language: "text" | "json";
  readonly body: string;
}

/** Renders the values from `first` on (§8.5); no value at all is one `null`. */
export function renderValues(reader: LuaReader, first: number): RenderedValue[] {
  const values: RenderedValue[] = [];
  for (let i = first; i <= reader.count; i++) values.push(renderValue(reader, i));
  return values.length > 0 ? values : [{ language: "json", body: "null" }];
}

function renderValue(reader: LuaReader, index: number): RenderedValue {
  if (reader.type(index) === "string") return { language: "text", body: reader.text(index) ?? "" };
  try {
    return { language: "json", body: prettyJson(reader.json(index)) };
  } catch (error) {
    if (!(error instanceof LuaValueError)) throw error;
    return { language: "text", body: reader.inline(index) };
  }
}

const fence = (language: string, body: string): string[] => [`\`\`\`${language}`, body, "```"];

function head(title: string, task: string, status: string): string[] {
  const text = trimText(task);
  return [`# ${title}`, "", "## Task", text === "" ? "Execute Lua runtime code" : text, "", "## Status", status];
}

function printedSection(printed: readonly string[]): string[] {
  return printed.length === 0 ? [] : ["", "## Printed Output", ...fence("text", printed.join("\n"))];
}

export function successMarkdown(task: string, printed: readonly string[], values: readonly RenderedValue[]): string {
  const items = values.flatMap((value, i) => [
    ...(i === 0 ? [] : [""]),
    `${i + 1}. `,
    ...fence(value.language, value.body),
  ]);
  const lines = head("Runtime Execution Result", task, "SUCCESS");
  return [...lines, ...printedSection(printed), "", "## Returned Values", ...items].join("\n");
}

/** On failure the printed output comes last. */
export function failureMarkdown(task: string, printed: readonly string[], error: string): string {
  const lines = head("Runtime Execution Error", task, "FAILED");
  return [...lines, "", "## Error", ...fence("text", error), ...printedSection(printed)].join("\n");
}
