import { OpfsFiles } from "../../../src/sqlite/files/opfs-files.ts";
import { bootPlatform } from "./boot-platform.ts";
import { fetchCases } from "./fetch-lane.ts";

const lane = new URL(location.href).searchParams.get("lane");
fetchCases(new URL(`/lane/${lane}`, location.href).href, async (start) => {
  const platform = await bootPlatform("browser", start, start.wasm);
  if (start.sqliteStorage !== "opfs") return platform;
  return { ...platform, openDatabaseFiles: (name) => OpfsFiles.open({ name, maxBytes: 0 }) };
}).catch((thrown) => {
  postMessage(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
});
