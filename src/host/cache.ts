/**
 * `vulcan.cache` (vulcan-api.md §11): one store per engine, shared by its VMs, entries readable by the scope that wrote
 * them. Values live as JSON text, so every read is a copy.
 * @module
 */
import type { Clock, Prelude } from "../lua/interface.ts";
import { jsonArgument, optionalIntegerArgument, stringArgument } from "./arguments.ts";
import source from "./cache.lua?raw";
import { decodeJson } from "./json.ts";
import type { HostServices } from "./services.ts";

interface Entry {
  readonly scope: string;
  readonly json: string;
  readonly expires: number;
}

export class SkillCache {
  /** In order of creation, so the first is the oldest. */
  readonly #entries = new Map<string, Entry>();
  #sequence = 1;

  constructor(
    private readonly clock: Clock,
    private readonly config: HostServices["cache"],
  ) {}

  /** Answers the id. */
  put(scope: string, json: string, ttlSecs: number | undefined): string {
    const now = this.clock.now();
    this.#dropExpired(now);
    const ttl = Math.min(Math.max(ttlSecs ?? this.config.defaultTtlSecs, 1), Math.max(this.config.maxTtlSecs, 1));
    const id = `tc-${now}-${this.#sequence}`;
    // One tick for the id, one for the order of creation, as the reference counts.
    this.#sequence += 2;
    this.#entries.set(id, { scope, json, expires: now + ttl * 1000 });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= Math.max(this.config.maxEntries, 1)) break;
      this.#entries.delete(oldest);
    }
    return id;
  }

  /** The JSON text, or undefined. */
  get(scope: string, id: string): string | undefined {
    const now = this.clock.now();
    const entry = this.#entries.get(id);
    if (entry && entry.scope === scope && now < entry.expires) return entry.json;
    this.#dropExpired(now);
    return undefined;
  }

  delete(scope: string, id: string): boolean {
    this.#dropExpired(this.clock.now());
    return this.#entries.get(id)?.scope === scope && this.#entries.delete(id);
  }

  #dropExpired(now: number): void {
    for (const [id, entry] of this.#entries) if (now >= entry.expires) this.#entries.delete(id);
  }
}

export function cachePrelude(cache: SkillCache): Prelude {
  return {
    name: "=vulcan.cache",
    source,
    functions: {
      put: (args) => {
        const ttl = optionalIntegerArgument(args, 2, "cache.put", "ttl_sec");
        return cache.put(args.text(3) ?? "", jsonArgument(args, 1, "cache.put"), ttl);
      },
      get: (args) => {
        const id = stringArgument(args, 1, "cache.get", "cache_id");
        const json = cache.get(args.text(2) ?? "", id);
        return json === undefined ? undefined : decodeJson(json);
      },
      delete: (args) => cache.delete(args.text(2) ?? "", stringArgument(args, 1, "cache.delete", "cache_id")),
    },
  };
}
