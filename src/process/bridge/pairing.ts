import { type ErrorData, LuaSkillsError } from "../../errors.ts";
import { bridgePaths } from "./messages.ts";

/** What `pairBridge` does, fetched when it is called: most pages have no bridge. */
export async function pairWithBridge(url: string, code: string, options: { signal?: AbortSignal }): Promise<string> {
  let response: Response;
  try {
    response = await fetch(new URL(bridgePaths.pair, url), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code }),
      credentials: "omit",
      ...options,
    });
  } catch (cause) {
    if (options.signal?.aborted) throw LuaSkillsError.from(options.signal.reason, "aborted");
    const text = `no bridge answers this page at ${url}. Start it with: luaskills-wasm bridge --origin ${globalThis.location?.origin ?? "…"}, and let the browser reach this device`;
    throw new LuaSkillsError("bridge_error", text, { cause });
  }
  const answer = (await response.json()) as { token?: unknown; error?: ErrorData };
  if (typeof answer.token === "string") return answer.token;
  throw answer.error ? LuaSkillsError.fromData(answer.error) : new LuaSkillsError("bridge_error", "pairing failed");
}
