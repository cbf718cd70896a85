import type { BridgeStatus, BridgeStatusOptions } from "../../contract/contract.ts";

/**
 * Gives the page its token for a bridge, in exchange for the code in the bridge's terminal. Call it from a click: the browser
 * may ask the user whether the page may reach this machine. Keep the token where only your page reads it.
 *
 * @example
 * const token = await pairBridge("http://127.0.0.1:7333", code);
 * const runtime = await createRuntime({ process: { kind: "bridge", url: "http://127.0.0.1:7333", token } });
 *
 * @throws LuaSkillsError `permission_denied` (a wrong code, or the bridge does not know this page) | `bridge_error`
 */
export async function pairBridge(url: string, code: string, options: { signal?: AbortSignal } = {}): Promise<string> {
  return (await import("./pairing.ts")).pairWithBridge(url, code, options);
}

/**
 * Connects to a bridge to see what it allows and, with `onLog`, what it does for this page. `close` ends that.
 * @throws LuaSkillsError `permission_denied` | `bridge_error`
 */
export async function bridgeStatus(
  address: { readonly url: string; readonly token: string },
  options: BridgeStatusOptions = {},
): Promise<BridgeStatus> {
  return (await import("./status.ts")).openStatus(address, options);
}
