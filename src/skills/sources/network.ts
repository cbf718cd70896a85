/**
 * The network of installs and dependencies: one gate, one size limit, GitHub's addresses replaced as the host says
 * (spec engine.md §1.2, §8.8).
 * @module
 */
import type { HostCallbacks } from "../../contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { HostOptions } from "../host-options.ts";
import { decodeText } from "../vfs-text.ts";

export type HttpFetch = NonNullable<HostCallbacks["fetch"]>;

export interface NetworkOptions {
  readonly options: HostOptions;
  readonly fetch: HttpFetch;
  /** Bytes of one response. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Uint8Array;
}

export class Network {
  readonly #host: HostOptions;
  readonly #fetch: HttpFetch;
  readonly #maxBytes: number;
  readonly #signal: AbortSignal | undefined;

  constructor(options: NetworkOptions) {
    this.#host = options.options;
    this.#fetch = options.fetch;
    this.#maxBytes = options.maxBytes;
    this.#signal = options.signal;
  }

  /** @throws LuaSkillsError `permission_denied`: `network download is disabled by host policy`. */
  requireAllowed(): void {
    if (!this.#host.allowNetworkDownload)
      throw new LuaSkillsError("permission_denied", "network download is disabled by host policy", {
        data: { option: "allow_network_download" },
      });
  }

  /** `path` below the GitHub API, e.g. `repos/o/r/releases/latest`. */
  githubApiUrl(path: string): string {
    return `${base(this.#host.githubApiBaseUrl) ?? "https://api.github.com"}/${path}`;
  }

  /** Replaces the `https://github.com/` of a download address. */
  downloadUrl(url: string): string {
    const site = base(this.#host.githubBaseUrl);
    return site === undefined ? url : url.replace(/^https?:\/\/github\.com\//i, `${site}/`);
  }

  /** Any answer; the status is the caller's to judge. @throws LuaSkillsError `network_error` | `aborted` | `permission_denied`. */
  async get(url: string, accept = "*/*"): Promise<HttpAnswer> {
    this.requireAllowed();
    return this.getUngated(url, accept);
  }

  /** For addresses the host itself named in this very call, which need no `allow_network_download`. */
  async getUngated(url: string, accept = "*/*"): Promise<HttpAnswer> {
    this.#signal?.throwIfAborted();
    let answer: Awaited<ReturnType<HttpFetch>>;
    try {
      answer = await this.#fetch(url, {
        method: "GET",
        headers: { accept },
        ...(this.#signal === undefined ? {} : { signal: this.#signal }),
      });
    } catch (thrown) {
      if (this.#signal?.aborted) throw LuaSkillsError.from(this.#signal.reason, "aborted");
      const error = LuaSkillsError.from(thrown, "network_error");
      throw new LuaSkillsError(error.code, `Failed to download ${url}: ${error.message}`, {
        data: { ...error.data, url },
        cause: thrown,
      });
    }
    if (answer.body.byteLength > this.#maxBytes)
      throw new LuaSkillsError(
        "network_error",
        `Failed to download ${url}: the response has ${answer.body.byteLength} bytes; limits.downloadBytes is ${this.#maxBytes}`,
        { data: { url, limit: this.#maxBytes } },
      );
    return answer;
  }

  /** The body of a successful answer. @throws LuaSkillsError `network_error`: `Failed to download {url}: HTTP status {n}`. */
  async bytes(url: string): Promise<Uint8Array> {
    return successBody(url, await this.get(url));
  }

  /** The body as text. @throws also when it is not UTF-8. */
  async text(url: string, accept?: string): Promise<string> {
    return bodyText(url, await this.get(url, accept));
  }
}

export function successBody(url: string, answer: HttpAnswer): Uint8Array {
  if (answer.status < 200 || answer.status > 299)
    throw new LuaSkillsError("network_error", `Failed to download ${url}: HTTP status ${answer.status}`, {
      data: { url, status: answer.status },
    });
  return answer.body;
}

export function bodyText(url: string, answer: HttpAnswer): string {
  try {
    return decodeText(successBody(url, answer));
  } catch (thrown) {
    if (thrown instanceof LuaSkillsError) throw thrown;
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
