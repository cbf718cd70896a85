/**
 * What a booted wasm has to show before anyone gets a VM of it. One VM, so that a cold start stays short.
 * @module
 */
import { LuaRunError, type Prelude } from "../interface.ts";
import type { LuaParts } from "../parts.ts";
import { WasmLuaVm } from "../vm.ts";

/** The attempt to suspend did not work: the engine has no JSPI, or one that fails. Everything else may be fine. */
export class CannotSuspend extends Error {
  override readonly name = "CannotSuspend";
}

const probe: Prelude = {
  name: "=self-test",
  source: "local host = ... wait = host.wait",
  functions: { wait: { waits: () => Promise.resolve(7) } },
};

const attacks = ["while true do end", "return (('a'):rep(40)):find(('a*'):rep(12) .. 'b')"];

/**
 * @throws CannotSuspend under J when the real thing, a host call inside pcall that waits, fails; Error naming whatever
 * else does not work
 */
export async function proveItWorks(parts: LuaParts): Promise<void> {
  const { linked, yielding } = parts;
  // Frozen: a Worker may boot where it has no random numbers yet.
  const vm = new WasmLuaVm(parts, { preludes: [probe], frozen: true });
  // Cold on purpose: WebKit's interpreter once let the first Lua error of an instance escape.
  expect(evaluate(vm, "local ok, e = pcall(error, 'x', 0) return tostring(ok) .. e"), "falsex", "catching a Lua error");
  expect(evaluate(vm, "return 10 / 2 .. '|' .. tostring(3.0) .. '|' .. 0.5"), "5|3|0.5", "number text");
  const waited = await wait(vm).catch((cause: unknown) => {
    if (!yielding) throw new CannotSuspend("a host call could not suspend Lua", { cause });
    throw cause;
  });
  expect(waited, "true7", "a host call that waits");
  if (linked.metered) {
    for (const attack of attacks) {
      expect(evaluate(vm, attack), "stopped: budget_exceeded", `stopping \`${attack}\``);
      vm.revive();
    }
  }
  expect(evaluate(vm, "return 1 + 1"), "2", "computing after a stop");
  vm.close();
}

async function wait(vm: WasmLuaVm): Promise<string> {
  const fn = vm.compile("local ok, v = pcall(wait) return tostring(ok) .. v", "=self-test");
  return vm.run(fn, [], (results) => results.inline(1), { deadline: performance.now() + 5000 });
}

function evaluate(vm: WasmLuaVm, code: string): string {
  const fn = vm.compile(code, "=self-test");
  try {
    return vm.runSync(fn, [], (results) => results.inline(1), { instructions: 5000 });
  } catch (error) {
    if (error instanceof LuaRunError) return `${error.kind}: ${error.details.reason ?? error.message}`;
    throw error;
  }
}

function expect(got: string, wanted: string, what: string): void {
  if (got !== wanted) throw new Error(`${what} gave ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`);
}
