import { describe, expect, test } from "vitest";
import { evaluate, testLua } from "../../testing/test-wasm.ts";
import type { Prelude } from "../interface.ts";

/** `stand(value)`: a userdata that compares as `value` does; `plain()`: one that does not. */
const prelude: Prelude = {
  name: "=userdata",
  source: `local _, primitives = ...
    function stand(value) return primitives.newuserdata({}, {}, value) end
    function plain() return primitives.newuserdata({}) end
    function single() return primitives.newuserdata({}, nil) end`,
};

describe("a userdata with two user values", () => {
  test.each([
    ["stand(nil) == nil", true],
    ["nil == stand(nil)", true],
    ["stand(nil) ~= nil", false],
    ["stand(7) == 7", true],
    ["7 == stand(7)", true],
    ["stand(7) == 8", false],
    ["stand(7) ~= 7", false],
    ["stand(7) == 7.0", true],
    ["stand(7.5) == 7.5", true],
    ["stand(7.0) == 7", true],
    ["stand(1 << 40) == 1 << 40", true],
    ["stand(1 << 40) == 1099511627776", true],
    ["stand(7) == nil", false],
    ["stand({}) == nil", false],
    ["stand(nil) == 0", false],
    ["stand(nil) == false", false],
    ["stand(false) == nil", false],
    ["stand('a') == 'a'", true],
    ["stand(nil) == stand(nil)", false],
    ["rawequal(stand(nil), nil)", true],
    ["plain() == nil", false],
    ["plain() == 0", false],
    ["single() == nil", false],
    ["io == nil", true],
  ])("%s is %s", async (expression, expected) => {
    const vm = (await testLua()).createVm({ preludes: [prelude] });
    const code = `if ${expression} then return ${expression}, true end
      return ${expression}, false`;
    expect(await evaluate(vm, code)).toEqual([expected, expected]);
    vm.close();
  });
});
