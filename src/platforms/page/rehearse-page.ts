/**
 * A page's spare rehearses with the store its engine will have.
 * @module
 */
import type { StorageOptions } from "../../contract/contract.ts";
import { rehearse } from "../../engine/rehearsal.ts";
import type { LuaEngineModule } from "../../lua/interface.ts";
import type { RehearsedStore } from "../../vfs/browser-store.ts";

/** @param storage default the browser's; `found` hears what a start on it need not do again */
export async function rehearsePage(
  lua: LuaEngineModule,
  storage: StorageOptions = { kind: "browser" },
  over: () => boolean,
  found: (store: RehearsedStore) => void,
): Promise<void> {
  if (storage.kind !== "memory" && storage.kind !== "directory") {
    const { rehearseBrowserStore } = await import("../../vfs/browser-store.ts");
    found(await rehearseBrowserStore(storage));
  }
  await rehearse({ lua, environment: "browser", over });
}
