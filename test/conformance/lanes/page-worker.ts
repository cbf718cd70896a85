import { OpfsFiles } from "../../../src/sqlite/files/opfs-files.ts";
import { openLogBackend } from "../../../src/vfs/backends/opfs-log/open.ts";
import type { ConformancePlatform } from "../platform.ts";
import { bootPlatform } from "./boot-platform.ts";
import { followedEngine } from "./followed-engine.ts";
import { fetchCases } from "./remote/fetch-lane.ts";

const lane = new URL(location.href).searchParams.get("lane");
fetchCases(new URL(`/lane/${lane}`, location.href).href, async (start) => {
  const platform = await bootPlatform("browser", start, start.wasm);
  return {
    ...platform,
    ...(start.storage === "opfs" ? { openBackend: (name) => openLogBackend({ name, deadBytes: 100_000 }) } : {}),
    ...(start.tab === "follower"
      ? {
          createEngine: (...parts: Parameters<typeof platform.createEngine>) =>
            followedEngine(platform.createEngine, ...parts),
        }
      : {}),
    ...(start.sqliteStorage === "opfs" ? { openDatabaseFiles: (name) => OpfsFiles.open({ name, maxBytes: 0 }) } : {}),
  } satisfies ConformancePlatform;
}).catch((thrown) => {
  postMessage(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
});
