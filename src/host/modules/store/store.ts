/**
 * The module `store`: keys and values with versions and lifetimes, in memory or in a file of the tree.
 * @module
 */
import { isObject } from "../../../base/is-object.ts";
import { charge } from "../../../base/work.ts";
import type { StoreOptions } from "../../../contract/modules.ts";
import type { LuaValue } from "../../../lua/interface.ts";
import type { Call } from "../../../modules/definition/interface.ts";
import type { BuiltInModule } from "../services.ts";
import { MemoryRecords, type Records, type StoredEntry, VfsRecords } from "./records.ts";

/** What a store holds without `bytes` of its own. */
const defaultBytes = 32 * 2 ** 20;
const keyUnits = 5;

class StoreHandle {
  released = false;
  constructor(
    readonly id: string,
    readonly records: Records,
    readonly options: StoreOptions,
  ) {}
}

type Table = Readonly<Record<string, LuaValue>>;

export const storeModule: BuiltInModule = ({ arg, defineModule, defineType, fn, luaError, t }, { host, stores }) => {
  const invalid = (message: string) => luaError(message, { kind: "Invalid", retryable: false });
  const opened = new Map<string, Records>();
  const any = arg.any;
  const returns = [t.any, t.optional(t.luaError)];

  const open = (id: string, options: StoreOptions): Records => {
    let records = opened.get(id);
    if (!records) {
      const now = () => host.clock.now();
      const { bytes = defaultBytes } = options;
      if (!(bytes >= 0)) throw invalid(`stores["${id}"].bytes must be a number of at least 0, got ${bytes}`);
      records =
        options.kind === "vfs"
          ? new VfsRecords(host.vfs, options.path, now, id, bytes)
          : new MemoryRecords(now, id, bytes);
      opened.set(id, records);
    }
    return records;
  };
  const alive = (self: StoreHandle): Records => {
    if (self.released) throw invalid("store: the handle was released");
    return self.records;
  };
  const keyOf = (key: LuaValue): string => {
    if (typeof key !== "string" || key === "") throw invalid("store: the key must be a text that is not empty");
    return key;
  };
  const permit = (call: Call, self: StoreHandle, verb: string, meta: Readonly<Record<string, string>>) =>
    call.require(`store.key.${verb}`, self.id, meta);
  const ttlOf = (value: LuaValue): number | undefined => {
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "number" || !(value >= 0)) throw invalid("store: ttl must be a number of seconds");
    return value === 0 ? undefined : value;
  };
  const existing = (records: Records, key: string): StoredEntry => {
    const entry = records.get(key);
    if (!entry) throw luaError(`key not found: ${key}`, { kind: "NotFound", retryable: false });
    return entry;
  };
  const shown = (key: string, { value, version }: StoredEntry) => ({ key, value, version });
  /** What a key has, where the call may see it. */
  const read = (call: Call, self: StoreHandle, given: LuaValue) => {
    const records = alive(self);
    const key = keyOf(given);
    permit(call, self, "get", { key });
    return shown(key, existing(records, key));
  };

  const StoreType = defineType("store.Store", {
    of: StoreHandle,
    methods: {
      get: fn({
        params: [any("key").opt()],
        returns,
        run: (call, self: StoreHandle, given: LuaValue) => read(call, self, given).value,
      }),
      entry: fn({
        params: [any("key").opt()],
        returns,
        run: (call, self: StoreHandle, given: LuaValue) => read(call, self, given),
      }),
      set: fn({
        params: [any("key").opt(), any("value").opt(), any("ttl").opt()],
        returns: [t.boolean, t.optional(t.luaError)],
        run: (call, self: StoreHandle, given: LuaValue, value: LuaValue, ttl: LuaValue) => {
          const records = alive(self);
          const key = keyOf(given);
          if (value === undefined || value === null) throw invalid("store: the value is nil");
          permit(call, self, "set", { key });
          records.put(key, value, ttlOf(ttl));
          return true;
        },
      }),
      put: fn({
        params: [any("key").opt(), any("value").opt(), any("options").opt()],
        returns,
        run: (call, self: StoreHandle, given: LuaValue, value: LuaValue, raw: LuaValue) => {
          const records = alive(self);
          const key = keyOf(given);
          if (value === undefined || value === null) throw invalid("store: the value is nil");
          const options = (isObject(raw) ? raw : {}) as Table;
          const { only_if_absent: onlyIfAbsent, if_version: ifVersion } = options;
          if (onlyIfAbsent === true && ifVersion !== undefined)
            throw invalid("store: only_if_absent and if_version exclude each other");
          permit(call, self, "set", { key });
          const present = records.get(key);
          if (onlyIfAbsent === true && present)
            throw luaError(`key already exists: ${key}`, { kind: "AlreadyExists", retryable: false });
          if (ifVersion !== undefined && present?.version !== ifVersion) {
            throw luaError(`version conflict on key: ${key}`, {
              kind: "Conflict",
              retryable: true,
              details: { key, ...(present ? { version: present.version } : {}) },
            });
          }
          return shown(key, records.put(key, value, ttlOf(options.ttl)));
        },
      }),
      has: fn({
        params: [any("key").opt()],
        returns: [t.boolean, t.optional(t.luaError)],
        run: (call, self: StoreHandle, given: LuaValue) => {
          const records = alive(self);
          const key = keyOf(given);
          permit(call, self, "has", { key });
          return records.get(key) !== undefined;
        },
      }),
      delete: fn({
        params: [any("key").opt()],
        returns: [t.boolean, t.optional(t.luaError)],
        run: (call, self: StoreHandle, given: LuaValue) => {
          const records = alive(self);
          const key = keyOf(given);
          permit(call, self, "delete", { key });
          return records.delete(key);
        },
      }),
      list: fn({
        params: [any("options").opt()],
        returns,
        run: (call, self: StoreHandle, raw: LuaValue) => {
          const records = alive(self);
          const { prefix = "", after = "", limit = 100 } = (isObject(raw) ? raw : {}) as Table;
          if (typeof prefix !== "string" || typeof after !== "string")
            throw invalid("store.list: prefix and after must be texts");
          if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 1)
            throw invalid("store.list: limit must be an integer above 0");
          permit(call, self, "list", { prefix });
          const keys = records.keys().filter((key) => {
            charge(keyUnits);
            return key.startsWith(prefix) && key > after;
          });
          const page = keys.slice(0, limit);
          return {
            items: page.flatMap((key) => {
              const entry = records.get(key);
              return entry ? [shown(key, entry)] : [];
            }),
            cursor: page.at(-1) ?? "",
            has_more: keys.length > page.length,
          };
        },
      }),
      info: fn({
        returns,
        run: (call, self: StoreHandle) => {
          alive(self);
          call.require("store.info", self.id);
          const durable = self.options.kind === "vfs";
          return {
            id: self.id,
            backend: self.options.kind,
            consistency: "strong",
            durable,
            list: true,
            versioned: true,
            conditional_put: true,
            ttl: true,
          };
        },
      }),
      release: fn({
        returns: [t.boolean],
        run: (_call, self: StoreHandle) => {
          self.released = true;
          return true;
        },
      }),
    },
    metamethods: { __tostring: (_call, self) => (self.released ? "store.Store{released}" : "store.Store{}") },
    toJSON: (self) => self.id,
  });

  return defineModule({
    name: "store",
    description: "Keys and values that outlive a run",
    class: ["storage", "io", "nondeterministic"],
    argErrors: "return",
    permissions: [
      "store.get",
      "store.info",
      "store.key.get",
      "store.key.set",
      "store.key.delete",
      "store.key.has",
      "store.key.list",
    ],
    types: [StoreType],
    constants: { backend: { MEMORY: "memory", VFS: "vfs" }, consistency: { STRONG: "strong", EVENTUAL: "eventual" } },
    functions: {
      get: fn({
        params: [any("id").opt()],
        returns: [StoreType, t.optional(t.luaError)],
        run: (call, id) => {
          if (typeof id !== "string" || id === "") throw invalid("store.get: the id must be a text that is not empty");
          call.require("store.get", id, undefined, `not allowed: ${id}`);
          const options = Object.hasOwn(stores, id) ? stores[id] : undefined;
          if (!options) throw luaError(`store not found: ${id}`, { kind: "NotFound", retryable: false });
          return new StoreHandle(id, open(id, options), options);
        },
      }),
    },
  });
};
