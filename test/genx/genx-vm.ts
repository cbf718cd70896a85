import type { Json } from "../../src/contract/contract.ts";
import { genxFunctions } from "../../src/genx/builtin/host-functions.ts";
import { KeyValues } from "../../src/genx/builtin/key-values.ts";
import { luaHalf } from "../../src/genx/builtin/lua-half.ts";
import { Packages } from "../../src/genx/builtin/packages.ts";
import type { GenxCall, GenxCompat, GenxServices } from "../../src/genx/builtin/services.ts";
import { haiviviPackages } from "../../src/genx/haivivi/packages.ts";
import type { Command } from "../../src/genx/scripts/command.ts";
import type { ScriptRuntime } from "../../src/genx/scripts/script-runner.ts";
import type { HostFunctions, LuaReader, LuaValue, Prelude } from "../../src/lua/interface.ts";
import { dialectPrelude } from "../../src/lua/world/dialect.ts";
import immutableSource from "../../src/modules/vm/lua/immutable.lua?raw";
import { evaluate, testLua } from "../../src/testing/test-wasm.ts";

type CallParts = Omit<GenxCall, "signal" | "vm">;

/** GenX's Lua half as a prelude of its own, for tests that need no engine. */
export function genxPrelude(services: GenxServices, parts: CallParts, compat: GenxCompat = {}): Prelude {
  const functions: Record<string, HostFunctions[string]> = {};
  const values = (args: LuaReader): LuaValue[] => Array.from({ length: args.count }, (_, i) => args.value(i + 1));
  for (const [name, { waits, run }] of Object.entries(genxFunctions(services))) {
    functions[name] = waits
      ? { waits: (args, { signal, vm }) => run(values(args), { ...parts, signal, vm }) }
      : (args, { signal, vm }) => run(values(args), { ...parts, signal, vm }) as LuaValue;
  }
  return { name: "=genx", source: `package.loaded.genx = (function(...) ${luaHalf(compat)}\nend)(...)`, functions };
}

export interface GenxVmOptions extends Partial<Omit<GenxServices, "kvs">>, Partial<CallParts>, GenxCompat {
  readonly files?: Readonly<Record<string, string>>;
  readonly kvs?: KeyValues;
}

/** A VM with GenX over a network that answers nothing. */
export async function genxVm({ files = {}, kvs, requireNil, eofText, ...overrides }: GenxVmOptions = {}) {
  const lua = await testLua();
  const log: string[] = [];
  const call: CallParts = {
    skillId: undefined,
    now: () => 1_700_000_000_123,
    log: (level, text) => log.push(`${level}: ${text}`),
    command: async (name) => {
      throw new Error(`no handler for yield command ${name}`);
    },
    decide: () => "allow",
    ...overrides,
  };
  const values = kvs ?? new KeyValues({ now: call.now });
  const services: GenxServices = {
    env: () => undefined,
    fetch: async ({ url }) => {
      throw new TypeError(`network failure: ${url}`);
    },
    packages: new Packages([files, haiviviPackages]),
    ...overrides,
    kvs: () => values,
  };
  const stub: Prelude = {
    name: "=package",
    source: `package = { loaded = {} } function require(name)
      if package.loaded[name] then return package.loaded[name] end
      error("module '" .. name .. "' not found", 2)
    end`,
  };
  // What a host module finds in its VM: proxies of tables that are not to be changed.
  const immutable: Prelude = {
    name: "=modules.immutable",
    source: `${immutableSource}\nkit.guard_lists()`,
    functions: { secret: () => "secret" },
  };
  const vm = lua.createVm({
    preludes: [dialectPrelude(), stub, immutable, genxPrelude(services, call, { requireNil, eofText })],
  });
  const run = (code: string, ...args: LuaValue[]) => evaluate(vm, code, args);
  return { vm, log, run, first: async (code: string, ...args: LuaValue[]) => (await run(code, ...args))[0] };
}

/** A runtime that runs scripts in VMs with GenX, for agents without an engine. A VM for each run. */
export async function scriptRuntime(
  commands: Readonly<Record<string, Command>>,
  options: GenxVmOptions = {},
): Promise<ScriptRuntime & { readonly log: string[] }> {
  const log: string[] = [];
  return {
    log,
    list: () => [],
    call: async () => {
      throw new Error("no skills here");
    },
    async runLua(code, args, { signal } = {}) {
      const vm = await genxVm({
        command: async (name, payload) => (await commands[name]?.(payload, { signal: signal ?? never })) as LuaValue,
        log: (level, text) => log.push(`${level}: ${text}`),
        ...options,
      });
      try {
        const [value] = await evaluate(vm.vm, `local args = ... ${code}`, [args as LuaValue], { signal });
        return (value ?? null) as Json;
      } finally {
        vm.vm.close();
      }
    },
  };
}

const never = new AbortController().signal;
