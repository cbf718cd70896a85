/**
 * What a booted wasm has to show before anyone gets a VM of it. About 3 ms.
 * @module
 */
import { type LuaReader, LuaRunError, type RunOptions, type WaitingStrategy } from "./interface.ts";
import type { LinkedModule } from "./link.ts";
import { WasmLuaVm } from "./vm.ts";

/** Runs the real thing: a host call inside pcall that waits. */
export async function canSuspend(linked: LinkedModule): Promise<boolean> {
  try {
    const vm = new WasmLuaVm(linked, "J", {
      preludes: [
        {
          name: "=self-test",
          source: "local host, primitives = ... primitives.exports.wait = host.wait",
          functions: { wait: { waits: () => Promise.resolve(7) } },
        },
      ],
    });
    const fn = vm.compile("local wait = ... return 1", "=self-test");
    fn.release();
    const probe = vm.exported("wait");
    const answer = await vm.run(probe, [], (results) => results.number(1));
    vm.close();
    return answer === 7;
  } catch {
    // Whatever is wrong here is wrong with JSPI in this engine; strategy Y has its own test.
    return false;
  }
}

/** @throws Error naming what does not work */
export function proveItWorks(linked: LinkedModule, waiting: WaitingStrategy): void {
  // Cold on purpose: WebKit's interpreter once let the first Lua error of an instance escape.
  const first = evaluate(linked, waiting, "local ok, e = pcall(error, 'x', 0) return tostring(ok) .. e");
  expect(first, "falsex", "catching a Lua error");
  expect(evaluate(linked, waiting, "return 10 / 2 .. '|' .. tostring(3.0) .. '|' .. 0.5"), "5|3|0.5", "number text");
  if (linked.metered) {
    for (const attack of ["while true do end", "return (('a'):rep(40)):find(('a*'):rep(12) .. 'b')"]) {
      const vm = new WasmLuaVm(linked, waiting, { preludes: [] });
      const stopped = outcome(vm, attack, { instructions: 5000 });
      expect(stopped, "stopped", `stopping \`${attack}\``);
    }
  }
  expect(evaluate(linked, waiting, "return 1 + 1"), "2", "1 + 1");
}

function evaluate(linked: LinkedModule, waiting: WaitingStrategy, code: string): string {
  return outcome(new WasmLuaVm(linked, waiting, { preludes: [] }), code, {});
}

function outcome(vm: WasmLuaVm, code: string, options: RunOptions): string {
  const fn = vm.compile(code, "=self-test");
  try {
    return vm.runSync(fn, [], (results: LuaReader) => results.inline(1), options);
  } catch (error) {
    if (error instanceof LuaRunError) return error.kind === "stopped" ? "stopped" : error.message;
    throw error;
  } finally {
    vm.close();
  }
}

function expect(got: string, wanted: string, what: string): void {
  if (got !== wanted) throw new Error(`${what} gave ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`);
}
