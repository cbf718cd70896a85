/**
 * The databases of a page's engine outside of its tree. Loaded where the option asks for them.
 * @module
 */
import type { EngineOptions } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { resolveLimits } from "../../limits.ts";
import type { OutsideFiles } from "../../sqlite/files/file-storage.ts";
import { OpfsFiles } from "../../sqlite/files/opfs-files.ts";
import { defaultStorageName } from "../../vfs/store-options.ts";

/** They go with the store: its name is theirs, and who owns it owns them. */
export async function openDatabaseFiles({
  storage = { kind: "browser" },
  limits,
}: EngineOptions): Promise<OutsideFiles> {
  if (storage.kind === "memory" || storage.kind === "directory") {
    throw new LuaSkillsError(
      "invalid_argument",
      `sqlite: { storage: "opfs" } keeps databases beside a store of the browser; use it with storage: { kind: "browser" }, not "${storage.kind}"`,
    );
  }
  const { sqliteOpfsBytes: maxBytes } = resolveLimits(limits);
  return OpfsFiles.open({ name: storage.name ?? defaultStorageName, maxBytes });
}
