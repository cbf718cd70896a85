import { genxFunctions } from "../../src/genx/builtin/host-functions.ts";
import { KeyValues } from "../../src/genx/builtin/key-values.ts";
import { luaHalf } from "../../src/genx/builtin/lua-half.ts";
import { Packages } from "../../src/genx/builtin/packages.ts";
import type { GenxCompat, GenxServices } from "../../src/genx/builtin/services.ts";
import { haiviviPackages } from "../../src/genx/haivivi/packages.ts";
import { dialectPrelude } from "../../src/lua/dialect.ts";
import type { HostFunctions, LuaReader, LuaValue, Prelude } from "../../src/lua/interface.ts";
import { evaluate, testLua } from "../../src/lua/test-wasm.ts";

/** GenX's Lua half as a prelude of its own, for tests that need no engine. */
export function genxPrelude(services: GenxServices, compat: GenxCompat = {}): Prelude {
  const functions: Record<string, HostFunctions[string]> = {};
  const values = (args: LuaReader): LuaValue[] => Array.from({ length: args.count }, (_, i) => args.value(i + 1));
  for (const [name, { waits, run }] of Object.entries(genxFunctions(services, compat))) {
    functions[name] = waits
      ? { waits: (args, { signal }) => run(values(args), signal) }
      : (args, { signal }) => run(values(args), signal) as LuaValue;
  }
  return { name: "=genx", source: luaHalf, functions };
}

export interface GenxVmOptions extends Partial<GenxServices>, GenxCompat {
  readonly files?: Readonly<Record<string, string>>;
}

/** A VM with GenX over a network that answers nothing. */
export async function genxVm({ files = {}, requireNil, eofText, ...overrides }: GenxVmOptions = {}) {
  const lua = await testLua();
  const now = overrides.now ?? (() => 1_700_000_000_123);
  const log: string[] = [];
  const services: GenxServices = {
    now,
    env: () => undefined,
    log: (level, text) => log.push(`${level}: ${text}`),
    fetch: async ({ url }) => {
      throw new TypeError(`network failure: ${url}`);
    },
    command: async (name) => {
      throw new Error(`no handler for yield command ${name}`);
    },
    kvs: new KeyValues({ now }),
    packages: new Packages(files, haiviviPackages),
    ...overrides,
  };
  const stub: Prelude = {
    name: "=package",
    source: 'package = { loaded = {} } function require(name) error("module \'" .. name .. "\' not found", 2) end',
  };
  const vm = lua.createVm({ preludes: [dialectPrelude(), stub, genxPrelude(services, { requireNil, eofText })] });
  const run = (code: string, ...args: LuaValue[]) => evaluate(vm, code, args);
  return { vm, log, services, run, first: async (code: string, ...args: LuaValue[]) => (await run(code, ...args))[0] };
}
