/**
 * How an engine reaches the network: whose `fetch`, from where, and with which secrets.
 * @module
 */
import type { HttpFetch } from "./interface.ts";
import type { Secrets } from "./secrets.ts";

export interface Outlet {
  /** The host's own. Default: the platform's. */
  readonly fetch?: HttpFetch | undefined;
  /**
   * On a server: addresses inside its network are refused, by name, by number and after resolution, unless the host named
   * them. In a page the browser keeps such requests apart.
   */
  readonly refusesPrivate?: boolean;
  /** Addresses of a name, where the platform tells them. */
  readonly resolve?: ((hostname: string) => Promise<readonly string[]>) | undefined;
  readonly secrets?: Secrets | undefined;
}
