/**
 * `vulcan.cache` (vulcan-api.md §11): one store per engine, shared by its VMs, entries readable by the scope that wrote
 * them. Values live as JSON text, so every read is a copy.
 * @module
 */
import { type Clock, type HostCallContext, LuaRaise, type LuaReader, type Prelude } from "../../lua/interface.ts";
import type { Shortage } from "../../policy/refusal.ts";
import { jsonArgument, optionalIntegerArgument, stringArgument } from "../arguments.ts";
import { decodeJson } from "../json/json.ts";
import type { EngineAccess } from "../run.ts";
import type { HostServices } from "../services.ts";
import source from "./cache.lua?raw";

/** Who reads and writes: the name of a tool or skill as Lua gives it, and whose VM it is ({@link EngineAccess.ownerOf}). */
export interface CacheScope {
  readonly name: string;
  readonly owner: string | undefined;
}

interface Entry {
  readonly scope: CacheScope;
  readonly json: string;
  readonly expires: number;
}

/** What one owner holds. */
interface Share {
  bytes: number;
  entries: number;
}

export class SkillCache {
  /** In order of creation, so the first is the oldest. */
  readonly #entries = new Map<string, Entry>();
  readonly #shares = new Map<string | undefined, Share>();
  #sequence = 1;
  /** Of all entries, in UTF-16 units: the limit protects memory, it is no promise of an exact size. */
  #size = 0;
  /** No entry expires before; a put or a miss looks through them only then. */
  #nextExpiry = Number.POSITIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    private readonly config: HostServices["cache"] & {
      readonly maxBytes?: number;
      readonly maxOwnerBytes?: (owner: string | undefined) => number;
    },
  ) {}

  /** Answers the id. `short` hears of the skill's own limit. @throws LuaRaise for a value larger than the whole cache may be */
  put(scope: CacheScope, json: string, ttlSecs: number | undefined, short?: (shortage: Shortage) => void): string {
    const now = this.clock.now();
    const { maxBytes: limit = Number.POSITIVE_INFINITY, maxOwnerBytes } = this.config;
    const share = maxOwnerBytes?.(scope.owner) ?? Number.POSITIVE_INFINITY;
    if (json.length > Math.min(limit, share)) {
      const [name, most] = share < limit ? (["skillCacheBytes", share] as const) : (["cacheBytes", limit] as const);
      const text = `cache.put: a value of ${json.length} bytes is larger than the cache (limits.${name} is ${most})`;
      if (share < limit && scope.owner) short?.({ skill: scope.owner, limit: name, value: most, text });
      throw new LuaRaise(text);
    }
    this.#dropExpired(now);
    const ttl = Math.min(Math.max(ttlSecs ?? this.config.defaultTtlSecs, 1), Math.max(this.config.maxTtlSecs, 1));
    const id = `tc-${now}-${this.#sequence}`;
    // One tick for the id, one for the order of creation, as the reference counts.
    this.#sequence += 2;
    const expires = now + ttl * 1000;
    this.#entries.set(id, { scope, json, expires });
    this.#count(scope, json.length, 1);
    this.#nextExpiry = Math.min(this.#nextExpiry, expires);
    const mine = this.#share(scope);
    while (mine.bytes > share) this.#removeOldest(scope.owner);
    const isFull = () => this.#entries.size > Math.max(this.config.maxEntries, 1) || this.#size > limit;
    // Who holds most makes room: one skill cannot put out what the others keep.
    while (isFull()) this.#removeOldest(this.#size > limit ? this.#greatest("bytes") : this.#greatest("entries"));
    return id;
  }

  /** The JSON text, or undefined. */
  get(scope: CacheScope, id: string): string | undefined {
    const now = this.clock.now();
    const entry = this.#entries.get(id);
    if (entry && opens(scope, entry) && now < entry.expires) return entry.json;
    this.#dropExpired(now);
    return undefined;
  }

  delete(scope: CacheScope, id: string): boolean {
    this.#dropExpired(this.clock.now());
    const entry = this.#entries.get(id);
    if (!entry || !opens(scope, entry)) return false;
    this.#remove(id, entry);
    return true;
  }

  #remove(id: string, entry: Entry): void {
    this.#entries.delete(id);
    this.#count(entry.scope, -entry.json.length, -1);
  }

  #removeOldest(owner: string | undefined): void {
    for (const [id, entry] of this.#entries) {
      if (entry.scope.owner !== owner) continue;
      this.#remove(id, entry);
      return;
    }
  }

  #share({ owner }: CacheScope): Share {
    const share = this.#shares.get(owner) ?? { bytes: 0, entries: 0 };
    this.#shares.set(owner, share);
    return share;
  }

  #count(scope: CacheScope, bytes: number, entries: number): void {
    const share = this.#share(scope);
    this.#size += bytes;
    share.bytes += bytes;
    share.entries += entries;
    if (share.entries === 0) this.#shares.delete(scope.owner);
  }

  #greatest(what: keyof Share): string | undefined {
    let found: readonly [owner: string | undefined, amount: number] = [undefined, -1];
    for (const [owner, share] of this.#shares) if (share[what] > found[1]) found = [owner, share[what]];
    return found[0];
  }

  #dropExpired(now: number): void {
    if (now < this.#nextExpiry) return;
    this.#nextExpiry = Number.POSITIVE_INFINITY;
    for (const [id, entry] of this.#entries) {
      if (now >= entry.expires) this.#remove(id, entry);
      else this.#nextExpiry = Math.min(this.#nextExpiry, entry.expires);
    }
  }
}

/** A name is a claim: between isolated skills the owner has to be the same too. */
function opens(scope: CacheScope, { scope: own }: Entry): boolean {
  return own.name === scope.name && (scope.owner === undefined || own.owner === scope.owner);
}

export function cachePrelude(cache: SkillCache, engine: EngineAccess): Prelude {
  const scope = (args: LuaReader, index: number, { vm }: HostCallContext): CacheScope => ({
    name: args.text(index) ?? "",
    owner: engine.ownerOf(vm),
  });
  return {
    name: "=vulcan.cache",
    source,
    functions: {
      put: (args, context) => {
        const ttl = optionalIntegerArgument(args, 2, "cache.put", "ttl_sec");
        return cache.put(scope(args, 3, context), jsonArgument(args, 1, "cache.put"), ttl, (shortage) =>
          engine.runOf(context.vm)?.refused(shortage),
        );
      },
      get: (args, context) => {
        const id = stringArgument(args, 1, "cache.get", "cache_id");
        const json = cache.get(scope(args, 2, context), id);
        return json === undefined ? undefined : decodeJson(json);
      },
      delete: (args, context) =>
        cache.delete(scope(args, 2, context), stringArgument(args, 1, "cache.delete", "cache_id")),
    },
  };
}
