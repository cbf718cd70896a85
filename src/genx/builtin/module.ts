/**
 * The module `genx`: `__builtin`, `require` over packages, and scripts of agents and tools. Brought to an engine by its
 * platform under its name; the engine knows nothing of it.
 * @module
 */
import type { BuiltInModule, BuiltInServices, ModuleKit } from "../../host/modules/services.ts";
import { LuaResults, type LuaValue } from "../../lua/interface.ts";
import type { Call } from "../../modules/definition/interface.ts";
import { policedFetch } from "../../net/fetch.ts";
import { haiviviPackages } from "../haivivi/packages.ts";
import { genxFunctions } from "./host-functions.ts";
import { KeyValues } from "./key-values.ts";
import { luaHalf } from "./lua-half.ts";
import { readOptions } from "./module-options.ts";
import { type PackageSource, Packages } from "./packages.ts";
import type { GenxCall, GenxServices } from "./services.ts";
import { vfsBackend } from "./vfs-backend.ts";

export const genxModule: BuiltInModule = ({ defineModule, fn, fromUnknown, results }, services) => {
  const { packages, kvs, dialect, ...compat } = readOptions(services.options?.genx);
  const functions = genxFunctions(servicesOf(services, { packages, kvs, dialect }));
  return defineModule({
    name: "genx",
    description: "GenX scripts: __builtin, packages, tools and agents",
    class: ["network", "storage", "io", "nondeterministic"],
    permissions: [
      "http_client.request",
      "http_client.private_ip",
      "store.key.get",
      "store.key.set",
      "store.key.delete",
      "env.get",
    ],
    globals: ["genx"],
    lua: luaHalf(compat),
    functions: Object.fromEntries(
      Object.entries(functions).map(([name, { waits, run }]) => [
        name,
        fn({
          waits,
          run: (call) => {
            const answer = run(call.rest(1), callOf(call, services, fromUnknown));
            const converted = (value: LuaValue | LuaResults) =>
              value instanceof LuaResults ? results(...value.values) : value;
            return answer instanceof Promise ? answer.then(converted) : converted(answer);
          },
        }),
      ]),
    ),
  });
};

function callOf(call: Call, { vmOf }: BuiltInServices, fromUnknown: ModuleKit["fromUnknown"]): GenxCall {
  return {
    get vm() {
      return vmOf(call);
    },
    get signal() {
      return call.signal;
    },
    get skillId() {
      return call.skillId;
    },
    now: () => call.now(),
    log: (level, text) => call.log(level, text),
    async command(name, payload) {
      try {
        return await call.command(name, payload);
      } catch (error) {
        // What the page threw has a code; scripts know kinds.
        throw fromUnknown(error);
      }
    },
    decide(action, resource) {
      const { actor } = call.security;
      const { allowed, policy } = call.security.decide(action, resource);
      if (allowed) return "allow";
      return actor === undefined && policy === undefined ? "undecided" : "deny";
    },
  };
}

type Options = ReturnType<typeof readOptions>;

function servicesOf(
  { host, limits }: BuiltInServices,
  { packages, kvs, dialect }: Pick<Options, "packages" | "kvs" | "dialect">,
): GenxServices {
  const stores = new Map<string, KeyValues | Promise<KeyValues>>();
  const open = (skillId: string): KeyValues | Promise<KeyValues> => {
    const now = () => host.clock.now();
    if (kvs.kind === "memory") return new KeyValues({ now });
    const failed = (key: string, error: unknown) =>
      host.log({ level: "error", message: `kvs: ${key} was not kept: ${String(error)}` });
    const values = new KeyValues({ now, backend: vfsBackend(host.vfs, kvs.path, skillId), failed });
    return values.load().then(() => {
      stores.set(skillId, values);
      return values;
    });
  };
  const sources: PackageSource[] = [packages];
  const { luaPackages } = host.directories;
  if (luaPackages !== undefined) {
    sources.push(async (path) => {
      const file = `${luaPackages}/${path}`;
      // What is Lua already the runtime's own `require` finds.
      if (!path.endsWith(".luau") || host.vfs.stat(file)?.kind !== "file") return undefined;
      return new TextDecoder().decode(host.vfs.readFile(file));
    });
  }
  return {
    env: (name) => (Object.hasOwn(host.env, name) ? host.env[name] : undefined),
    fetch: ({ url, timeoutMs, permits, ...request }) =>
      policedFetch(url, { allowNetwork: true, permits, permitsPrivate: true, limits, timeoutMs }, request, host.outlet),
    kvs(skillId = "") {
      const store = stores.get(skillId) ?? open(skillId);
      stores.set(skillId, store);
      return store;
    },
    packages: new Packages([...sources, haiviviPackages], dialect),
  };
}
