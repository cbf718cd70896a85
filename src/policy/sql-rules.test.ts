import { expect, it } from "vitest";
import { sqlRefusal } from "./sql-rules.ts";

it.each(["data_store_directory", "hard_heap_limit", "max_page_count", "soft_heap_limit", "temp_store_directory"])(
  "PRAGMA %s may be read and not be set, however it is written",
  (name) => {
    expect(sqlRefusal("sql.pragma", name, false)).toBeUndefined();
    expect(sqlRefusal("sql.pragma", name.toUpperCase(), true)).toBe(`PRAGMA ${name} is the host's to set`);
  },
);

it.each(["edit", "fts3_tokenizer", "load_extension", "readfile", "writefile"])(
  "the function %s is not there",
  (name) => {
    const text = `the function ${name} is not there for skills`;
    expect(sqlRefusal("sql.function", name, false)).toBe(text);
    expect(sqlRefusal("sql.function", name.toUpperCase(), true)).toBe(text);
  },
);

it("every other pragma and function is left alone", () => {
  expect(sqlRefusal("sql.pragma", "user_version", true)).toBeUndefined();
  expect(sqlRefusal("sql.function", "upper", true)).toBeUndefined();
  // A name of the one kind is nothing in the other.
  expect(sqlRefusal("sql.pragma", "load_extension", true)).toBeUndefined();
  expect(sqlRefusal("sql.function", "hard_heap_limit", true)).toBeUndefined();
});
