import { expect, test } from "vitest";
import { compileWat, WatModule } from "./wat-module.ts";

const source = `(module
  (import "env" "f" (func $f (param i32)))
  (table 1 funcref)
  (memory 1)
  (global (mut i32) (i32.const 0))
  (func (export "main") (param i32) (result i32)
    (block $outer (loop $again (br_if $outer (i32.eqz (local.get 0)))
      (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br $again)))
    (local.get 0))
  (func (export "other")))`;

const read = async () => WatModule.read(await compileWat("t.wat", source));

test("functions have exact line ranges", async () => {
  const module = await read();
  const main = module.function(module.exported("main"));
  expect(module.line(main.start)).toMatch(/^\(func \$main/);
  expect(module.functions.map((fn) => fn.name)).toEqual(["$main", "$other"]);
  expect(module.linesOf(main, /^loop\b/)).toHaveLength(1);
});

test("a branch to a block continues after its end", async () => {
  const module = await read();
  const main = module.function("$main");
  const label = /^block (\S+)/.exec(module.line(module.linesOf(main, /^block/)[0] ?? -1))?.[1] ?? "";
  expect(module.line(module.blockEnd(main, label))).toBe("end");
  expect(module.line(module.blockEnd(main, label) + 1)).toBe("local.get $p0");
  expect(() => module.blockEnd(main, "$nowhere")).toThrow(/found 0 times/);
});

test("a loop label is no place to continue", async () => {
  const module = await read();
  const main = module.function("$main");
  const label = /^loop (\S+)/.exec(module.line(module.linesOf(main, /^loop/)[0] ?? -1))?.[1] ?? "";
  expect(() => module.blockEnd(main, label)).toThrow(/is not a block/);
});

test("insertions count loop turns, and an added import shifts nothing", async () => {
  const module = await read();
  const main = module.function("$main");
  module.addField("import", '(import "env" "tick" (func $tick (param i32)))');
  module.addLocal(main, "$start", "local.get $p0");
  for (const line of module.linesOf(main, /^loop\b/)) module.insertAfter(line, "local.get $start\ncall $tick");
  const ticks: number[] = [];
  const wasm = new WebAssembly.Module(Uint8Array.from(await module.toBinary()));
  const instance = new WebAssembly.Instance(wasm, { env: { f: () => 0, tick: (n: number) => ticks.push(n) } });
  expect((instance.exports.main as (n: number) => number)(3)).toBe(0);
  expect(ticks).toEqual([3, 3, 3, 3]);
});
