import { bootPlatform } from "./boot-platform.ts";
import { fetchCases } from "./fetch-lane.ts";

const lane = new URL(location.href).searchParams.get("lane");
fetchCases(new URL(`/lane/${lane}`, location.href).href, (start) => bootPlatform("browser", start, start.wasm)).catch(
  (thrown) => {
    postMessage(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
  },
);
