/**
 * The `change_set` payload of a host result (vulcan-api.md §3.6): deletes are normalised, then everything is validated.
 * @module
 */

import { isObject } from "../../base/is-object.ts";
import type { Json, JsonObject } from "../../contract/contract.ts";
import { isBlank, trimText } from "../../host/arguments.ts";

/** Lines a full deletion may have, and lines kept at either end of a truncated one. */
const fullLines = 500;
const keptLines = 50;

/** A rule that is broken; the message follows `Lua skill '<name>' `. */
export class ChangeSetError extends Error {
  override readonly name = "ChangeSetError";
}

/** Deletes cut to what is sent; anything else stays as it is, right or wrong. */
export function normalizeChangeSet(payload: Json): Json {
  if (!isObject(payload) || !Array.isArray(payload.files)) return payload;
  return { ...payload, files: payload.files.map(normalizeFile) };
}

/** Takes a normalised payload. @throws ChangeSetError */
export function validateChangeSet(payload: Json): void {
  if (!isObject(payload)) throw new ChangeSetError("must return change_set payload as an object");
  validate(payload);
}

function normalizeFile(file: Json): Json {
  if (!isObject(file) || typeof file.change !== "string" || trimText(file.change) !== "delete") return file;
  if (typeof file.content !== "string") return file;
  const lines = file.content.replace(/\r\n?/g, "\n").split("\n");
  if (lines.at(-1) === "") lines.pop();
  const { content, content_head: _head, content_tail: _tail, ...rest } = file;
  const asked = typeof file.content_mode === "string" ? trimText(file.content_mode) : "";
  if (asked !== "truncated" && lines.length <= fullLines) {
    return { ...rest, content, content_mode: "full", total_line_count: lines.length };
  }
  const head = Math.min(keptLines, lines.length);
  const tail = Math.min(keptLines, lines.length - head);
  return {
    ...rest,
    content_mode: "truncated",
    total_line_count: lines.length,
    content_head: lines.slice(0, head).join("\n"),
    content_tail: lines.slice(lines.length - tail).join("\n"),
  };
}

function complain(path: string, complaint: string): never {
  throw new ChangeSetError(`change_set.${path} ${complaint}`);
}

function text(value: Json | undefined, path: string, complaint = "must be a string"): string {
  if (typeof value !== "string") complain(path, complaint);
  return value;
}

function validate(payload: JsonObject): void {
  const mode = text(payload.mode, "mode");
  if (mode !== "preview" && mode !== "applied") complain("mode", "must be 'preview' or 'applied'");
  if (payload.summary !== undefined && payload.summary !== null) {
    text(payload.summary, "summary", "must be a string when present");
  }
  if (payload.files === undefined) complain("files", "must be present as one array");
  if (!Array.isArray(payload.files)) complain("files", "must be an array");
  for (const [i, file] of payload.files.entries()) validateFile(file, `files[${i}]`);
  validateDiagnostics(payload.diagnostics);
}

function validateFile(file: Json, path: string): void {
  if (!isObject(file)) complain(path, "must be an object");
  const change = text(file.change, `${path}.change`);
  if (file.patch !== undefined && file.patch !== null) {
    text(file.patch, `${path}.patch`, "must be a string when present");
  }
  switch (change) {
    case "modify":
      absolute(file, path, "path");
      validateHunks(file.hunks, `${path}.hunks`);
      break;
    case "create":
      absolute(file, path, "path");
      text(file.content, `${path}.content`);
      break;
    case "delete":
      absolute(file, path, "path");
      validateDelete(file, path);
      break;
    case "rename":
      absolute(file, path, "old_path");
      absolute(file, path, "new_path");
      break;
    default:
      complain(`${path}.change`, "is unsupported");
  }
}

function absolute(file: JsonObject, path: string, field: string): void {
  const value = file[field];
  if (typeof value !== "string" || isBlank(value)) complain(`${path}.${field}`, "must be one non-empty string");
  if (!/^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(trimText(value))) complain(`${path}.${field}`, "must be absolute");
}

function validateDelete(file: JsonObject, path: string): void {
  const { content, content_mode: mode, total_line_count: count } = file;
  const name = typeof mode === "string" ? trimText(mode) : "";
  if (!["", "full", "truncated"].includes(name)) complain(`${path}.content_mode`, "must be 'full' or 'truncated'");
  const whole = name !== "truncated" || content !== undefined;
  if (whole) text(content, `${path}.content`);
  const countMayLack = whole && (count === undefined || count === null);
  if (!countMayLack && (typeof count !== "number" || !Number.isInteger(count) || count < 0)) {
    complain(`${path}.total_line_count`, "must be one non-negative integer");
  }
  if (whole) return;
  text(file.content_head, `${path}.content_head`);
  text(file.content_tail, `${path}.content_tail`);
}

function validateHunks(hunks: Json | undefined, path: string): void {
  if (hunks === undefined) complain(path, "must be present as one non-empty array for modify changes");
  if (!Array.isArray(hunks) || hunks.length === 0) complain(path, "must be a non-empty array for modify changes");
  for (const [j, hunk] of hunks.entries()) {
    const where = `${path}[${j}]`;
    if (!isObject(hunk)) complain(where, "must be an object");
    text(hunk.before, `${where}.before`);
    text(hunk.after, `${where}.after`);
    const lines = validateLines(hunk.delete, `${where}.delete`) + validateLines(hunk.insert, `${where}.insert`);
    if (lines === 0) complain(where, "must include at least one deleted or inserted line");
  }
}

function validateLines(list: Json | undefined, path: string): number {
  if (!Array.isArray(list)) complain(path, "must be an array");
  let previous = 0;
  for (const [k, entry] of list.entries()) {
    const where = `${path}[${k}]`;
    if (!isObject(entry)) complain(where, "must be an object");
    const { line } = entry;
    if (typeof line !== "number" || !Number.isInteger(line) || line < 1) {
      complain(`${where}.line`, "must be one positive integer");
    }
    if (line <= previous) complain(path, "line numbers must be strictly increasing");
    previous = line;
    text(entry.content, `${where}.content`);
  }
  return list.length;
}

function validateDiagnostics(list: Json | undefined): void {
  if (list === undefined) return;
  if (!Array.isArray(list)) complain("diagnostics", "must be an array when present");
  for (const [i, item] of list.entries()) {
    const where = `diagnostics[${i}]`;
    if (!isObject(item)) complain(where, "must be an object");
    text(item.level, `${where}.level`);
    text(item.message, `${where}.message`);
  }
}
