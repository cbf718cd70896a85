import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../contract/contract.ts";
import { ChangeSetError, normalizeChangeSet, validateChangeSet } from "./change-set.ts";

function changeSet(payload: Json): JsonObject {
  const normal = normalizeChangeSet(payload);
  validateChangeSet(normal);
  return normal as JsonObject;
}

function complaint(payload: Json): string {
  try {
    changeSet(payload);
  } catch (error) {
    if (error instanceof ChangeSetError) return error.message;
    throw error;
  }
  return "accepted";
}
const of = (...files: Json[]): JsonObject => ({ mode: "preview", files });

describe("normalisation of deletes", () => {
  const file = (payload: JsonObject) => (payload.files as JsonObject[])[0];

  test("a short one is full and gains its line count", () => {
    const out = file(changeSet(of({ change: "delete", path: "/a", content: "1\r\n2\r3\n", content_head: "x" })));
    expect(out).toEqual({
      change: "delete",
      path: "/a",
      content: "1\r\n2\r3\n",
      content_mode: "full",
      total_line_count: 3,
    });
  });

  test("a long one keeps fifty lines at either end", () => {
    const content = Array.from({ length: 520 }, (_, i) => `${i + 1}`).join("\n");
    const out = file(changeSet(of({ change: "delete", path: "/a", content }))) as JsonObject;
    expect(out).toMatchObject({ content_mode: "truncated", total_line_count: 520 });
    expect(out.content).toBeUndefined();
    expect(String(out.content_head).split("\n")).toHaveLength(50);
    expect(String(out.content_tail).split("\n")[0]).toBe("471");
  });

  test("the tail shrinks so that both never overlap", () => {
    const content = Array.from({ length: 60 }, (_, i) => `${i + 1}`).join("\n");
    const out = file(changeSet(of({ change: "delete", path: "/a", content, content_mode: "truncated" }))) as JsonObject;
    expect(String(out.content_tail).split("\n")).toEqual(["51", "52", "53", "54", "55", "56", "57", "58", "59", "60"]);
  });

  test("an unknown mode counts as full while there is content, and is refused without", () => {
    expect(file(changeSet(of({ change: "delete", path: "/a", content: "", content_mode: "odd" })))).toMatchObject({
      content_mode: "full",
      total_line_count: 0,
    });
    expect(complaint(of({ change: "delete", path: "/a", content_mode: "odd" }))).toBe(
      "change_set.files[0].content_mode must be 'full' or 'truncated'",
    );
  });
});

describe("validation", () => {
  const hunk = { before: "", after: "", delete: [{ line: 1, content: "" }], insert: [] };
  test.each<[Json, string]>([
    ["x", "must return change_set payload as an object"],
    [{ files: [] }, "change_set.mode must be a string"],
    [{ mode: "done", files: [] }, "change_set.mode must be 'preview' or 'applied'"],
    [{ mode: "preview", summary: 1, files: [] }, "change_set.summary must be a string when present"],
    [{ mode: "preview" }, "change_set.files must be present as one array"],
    [{ mode: "preview", files: {} }, "change_set.files must be an array"],
    [of({}), "change_set.files[0].change must be a string"],
    [of({ change: "move" }), "change_set.files[0].change is unsupported"],
    [of({ change: "create", content: "" }), "change_set.files[0].path must be one non-empty string"],
    [of({ change: "create", path: "a", content: "" }), "change_set.files[0].path must be absolute"],
    [of({ change: "delete", path: "/a" }), "change_set.files[0].content must be a string"],
    [
      of({ change: "modify", path: "/a", hunks: [{ ...hunk, before: 1 }] }),
      "change_set.files[0].hunks[0].before must be a string",
    ],
    [
      of({ change: "modify", path: "/a", hunks: [{ ...hunk, insert: [{ line: 1.5, content: "" }] }] }),
      "change_set.files[0].hunks[0].insert[0].line must be one positive integer",
    ],
    [
      of({ change: "modify", path: "/a", hunks: [{ ...hunk, insert: [{ line: 1 }] }] }),
      "change_set.files[0].hunks[0].insert[0].content must be a string",
    ],
    [
      { mode: "preview", files: [], diagnostics: [{ level: "x" }] },
      "change_set.diagnostics[0].message must be a string",
    ],
    [of({ change: "modify", path: "/a", hunks: [hunk] }), "accepted"],
    [of({ change: "rename", old_path: "/a", new_path: "/b", patch: null }), "accepted"],
  ])("%j → %s", (payload, text) => expect(complaint(payload)).toBe(text));
});

test("modes and changes are taken as they are written, a content mode that is no text as none", () => {
  expect(complaint({ mode: " preview", files: [] })).toBe("change_set.mode must be 'preview' or 'applied'");
  expect(complaint(of({ change: " create", path: "/a", content: "" }))).toBe(
    "change_set.files[0].change is unsupported",
  );
  expect(complaint(of({ change: "delete", path: "/a", content_mode: 5, content: "x" }))).toBe("accepted");
  expect(complaint(of({ change: "delete", path: "/a", content_mode: "truncated", content: 5 }))).toBe(
    "change_set.files[0].content must be a string",
  );
});
