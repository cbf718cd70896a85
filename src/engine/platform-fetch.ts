/**
 * The platform's `fetch` in the shape of the `fetch` callback, for hosts that lend none.
 * @module
 */
import type { HostCallbacks } from "../contract.ts";
import { LuaSkillsError } from "../errors.ts";

export const platformFetch: NonNullable<HostCallbacks["fetch"]> = async (url, init) => {
  let response: Response;
  try {
    response = await fetch(url, {
      method: init.method,
      headers: init.headers,
      ...(init.body ? { body: init.body.slice() } : {}),
      ...(init.signal ? { signal: init.signal } : {}),
    });
  } catch (error) {
    if (init.signal?.aborted) throw LuaSkillsError.from(error, "aborted");
    // Browsers say no more than "Failed to fetch" when a server sends no CORS headers.
    const reason = error instanceof Error ? error.message : String(error);
    throw new LuaSkillsError("network_error", `request to ${url} failed: ${reason}`, { data: { url }, cause: error });
  }
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: new Uint8Array(await response.arrayBuffer()),
  };
};
