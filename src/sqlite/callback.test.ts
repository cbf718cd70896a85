import { expect, it } from "vitest";
import type { Json, JsonObject } from "../contract.ts";
import { MemoryTree } from "../vfs/memory-tree.ts";
import { createSqliteAccess, type SqliteAccessOptions } from "./access.ts";
import { bindingOf } from "./fixtures/test-access.ts";

async function access(options: Partial<SqliteAccessOptions>) {
  const made = createSqliteAccess({ fs: new MemoryTree(), providerMode: "host_callback", ...options });
  await made.bind(bindingOf("db"));
  return made;
}
const context = { signal: new AbortController().signal };

it("forwards the input as it is, with the binding", async () => {
  const provider = (request: JsonObject): Json => request;
  const echo = await access({ provider });
  expect(await echo.call("db", "query_json", '{"sql":"SELECT ?1","params":[1]}', context)).toEqual({
    action: "query_json",
    binding: {
      space_label: "ROOT",
      skill_id: "db",
      binding_tag: "ROOT-db",
      root_name: "ROOT",
      space_root: "/runtime/databases",
      skill_dir: "/runtime/skills/db",
      skill_dir_name: "db",
      database_kind: "sqlite",
      default_database_path: "/runtime/databases/sqlite/db/db.sqlite3",
    },
    input: { sql: "SELECT ?1", params: [1] },
  });
  expect(echo.status("db")).toMatchObject({ integration_mode: "host_callback", library_version: "host_managed" });
});

it("gives failures unchanged, and parses text in json mode only", async () => {
  const failing = await access({ provider: () => Promise.reject(new Error("disk on fire: 漢字")) });
  await expect(failing.call("db", "query_json", "{}", context)).rejects.toThrow("disk on fire: 漢字");
  const standard = await access({ provider: () => '{"a":1}' });
  expect(await standard.call("db", "query_json", "{}", context)).toBe('{"a":1}');
  const json = await access({ provider: () => '{"a":1}', callbackMode: "json" });
  expect(await json.call("db", "query_json", "{}", context)).toEqual({ a: 1 });
  const broken = await access({ provider: () => "{", callbackMode: "json" });
  await expect(broken.call("db", "query_json", "{}", context)).rejects.toThrow(
    "failed to parse sqlite provider response json: ",
  );
});

it("keeps skills out that nobody can serve", async () => {
  await expect(access({})).rejects.toThrow(
    "Failed to initialize SQLite skill host: SQLite host-callback mode is enabled but no standard callback is registered",
  );
  await expect(access({ providerMode: "space_controller" })).rejects.toThrow(
    "space_controller mode is not available in this build",
  );
});
