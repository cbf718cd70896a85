import { expect, it } from "vitest";
import { testVm } from "../../testing/test-vm.ts";

const named = { greeter: "Hello", other: "Bye" };

it("require loads a bundled module once, from a file of the same name first, and waits for it", async () => {
  const loads: string[] = [];
  const { run } = await testVm(
    { "/runtime/lua_packages/other.lua": "return { greet = function() return 'from a file' end }" },
    {
      bundled: {
        has: (name) => Object.hasOwn(named, name),
        async load(name) {
          loads.push(name);
          await Promise.resolve();
          return {
            name: `=bundled.${name}`,
            source: `local host, primitives = ... primitives.exports.bundled.${name} = { greet = function(who) return host.greet(who) end }`,
            functions: { greet: (args) => `Hello, ${args.text(1)}` },
          };
        },
      },
    },
  );
  const answer = await run(`
    local greeter = require("greeter")
    local ok, message = pcall(require, "missing")
    return greeter.greet("Ada"), require("greeter") == greeter, package.loaded.greeter == greeter,
      require("other").greet(), ok, message:find("bundled") == nil, debug.getupvalue(greeter.greet, 1) == nil`);
  expect(answer).toEqual(["Hello, Ada", true, true, "from a file", false, true, true]);
  expect(loads).toEqual(["greeter"]);
});
