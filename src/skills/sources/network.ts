/**
 * The network of installs and dependencies: one gate, one size limit, GitHub's addresses replaced as the host says
 * (spec engine.md §1.2, §8.8).
 * @module
 */
import type { LogEvent } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Limits } from "../../limits.ts";
import { isAllowed } from "../../net/allow-list.ts";
import { policedFetch } from "../../net/fetch.ts";
import type { FetchAnswer } from "../../net/interface.ts";
import type { Outlet } from "../../net/outlet.ts";
import type { HostOptions } from "../options/host-options.ts";
import { decodeText } from "../vfs-text.ts";

export interface NetworkOptions {
  readonly options: Pick<HostOptions, "allowNetworkDownload" | "githubBaseUrl" | "githubApiBaseUrl"> &
    Partial<Pick<HostOptions, "officialSkillHubBaseUrl" | "privateSkillSourceAllowlist">>;
  readonly outlet?: Outlet;
  /** Prefixes of addresses that the host named, and that may lie inside its network. */
  readonly named?: readonly string[];
  readonly limits: Pick<Limits, "downloadBytes">;
  readonly signal?: AbortSignal | undefined;
  /**
   * The address comes with the request itself. Without `allowNetworkDownload` it has to be of the page's own origin, or one
   * that the host has named.
   */
  readonly given?: boolean;
  readonly log?: ((event: LogEvent) => void) | undefined;
}

const remedy = {
  option: "allow_network_download",
  text:
    "hostOptions: { allow_network_download: true } allows downloads; without it packages come from the page's own origin and " +
    "from addresses below those that network or private_skill_source_allowlist name",
} as const;

export interface GetOptions {
  /** What the log calls the download; requests that go into no cache are not logged. */
  readonly cacheKey?: string;
  readonly accept?: string;
  /** URL prefixes; redirects are held against them too. */
  readonly allowlist?: readonly string[];
  /** For every piece of at most 64 KiB. */
  readonly onProgress?: ((done: number, total: number | null) => void) | undefined;
}

export class Network {
  readonly #o: NetworkOptions;

  constructor(options: NetworkOptions) {
    this.#o = options;
  }

  /** @throws LuaSkillsError `permission_denied`: `network download is disabled by host policy`. */
  requireAllowed(): void {
    if (!this.#allowed)
      throw new LuaSkillsError(
        "permission_denied",
        "network download is disabled by host policy (hostOptions: { allow_network_download: true } allows it)",
        {
          data: { option: "allow_network_download" },
        },
      );
  }

  /** `path` below the GitHub API, e.g. `repos/o/r/releases/latest`. */
  githubApiUrl(path: string): string {
    return `${base(this.#o.options.githubApiBaseUrl) ?? "https://api.github.com"}/${path}`;
  }

  /** Replaces the `https://github.com/` of a download address. */
  downloadUrl(url: string): string {
    const site = base(this.#o.options.githubBaseUrl);
    return site === undefined ? url : url.replace(/^https?:\/\/github\.com\//i, () => `${site}/`);
  }

  /** Any answer; the status is the caller's to judge. @throws LuaSkillsError, see `policedFetch`. */
  get(url: string, options: GetOptions = {}): Promise<FetchAnswer> {
    const { outlet, limits, signal, log } = this.#o;
    const { cacheKey } = options;
    if (cacheKey !== undefined && this.#allowed)
      log?.({ level: "info", message: `[LuaSkills:download] Fetching ${cacheKey} from ${url}` });
    return policedFetch(
      url,
      {
        allowNetwork: this.#allowed || this.#o.given === true,
        limits,
        named: this.#named,
        ...(this.#allowed ? {} : { permits: (each: string) => this.#isKnown(each), remedy }),
        ...(options.allowlist === undefined ? {} : { allowed: options.allowlist }),
      },
      {
        headers: { accept: options.accept ?? "*/*" },
        ...(signal === undefined ? {} : { signal }),
        ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
      },
      outlet,
    );
  }

  /** The body of a successful answer. @throws LuaSkillsError `network_error`: `Failed to download {url}: HTTP status {n}`. */
  async bytes(url: string, options?: GetOptions): Promise<Uint8Array> {
    return successBody(url, await this.get(url, options));
  }

  /** The body as text. @throws also when it is not UTF-8. */
  async text(url: string, options?: GetOptions): Promise<string> {
    return bodyText(url, await this.get(url, options));
  }

  get #named(): string[] {
    const { options, named = [] } = this.#o;
    const { githubBaseUrl, githubApiBaseUrl, officialSkillHubBaseUrl, privateSkillSourceAllowlist = [] } = options;
    const bases = [githubBaseUrl, githubApiBaseUrl, officialSkillHubBaseUrl].flatMap((each) => base(each) ?? []);
    return [...named, ...bases, ...privateSkillSourceAllowlist];
  }

  get #allowed(): boolean {
    return this.#o.options.allowNetworkDownload;
  }

  #isKnown(url: string): boolean {
    return new URL(url).origin === globalThis.origin || isAllowed(url, this.#named);
  }
}

export function bodyText(url: string, answer: FetchAnswer): string {
  const body = successBody(url, answer);
  try {
    return decodeText(body);
  } catch (thrown) {
    throw new LuaSkillsError("network_error", `Failed to download ${url}: the response is not UTF-8 text`, {
      data: { url },
      cause: thrown,
    });
  }
}

/** A configured base without trailing slashes; blank counts as unset. */
export function base(url: string | undefined): string | undefined {
  const trimmed = url?.trim().replace(/\/+$/, "") ?? "";
  return trimmed === "" ? undefined : trimmed;
}

function successBody(url: string, answer: FetchAnswer): Uint8Array {
  if (answer.status < 200 || answer.status > 299)
    throw new LuaSkillsError("network_error", `Failed to download ${url}: HTTP status ${answer.status}`, {
      data: { url, status: answer.status },
    });
  return answer.body;
}
