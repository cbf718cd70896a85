import { expect, it } from "vitest";
import { moduleWorld } from "../../testing/module-world.ts";

const all = ["eval_runner", "json", "http_client", "ctx", "channel"];
const options = {
  moduleOptions: {
    eval_runner: {
      "app.lib:sdk": { source: "return { version = '2.0.0', greet = function(n) return 'Hello, ' .. n .. '!' end }" },
    },
  },
};
const head = `local runner = require("eval_runner") local function kind(...) local v, err = runner.run(...) return v == nil and err and err:kind() .. ": " .. err:message() end `;

it("runs snippets with methods, arguments, modules, imports, tables and a context of their own", async () => {
  const { lua, engine } = await moduleWorld(all, options);
  expect(
    await lua(`${head}
      return { runner.run({ source = "return { handle = function(x) return x * 2 end }", method = "handle", args = { 21 }, modules = { "json" } }), runner.run({ source = "return function(...) return select('#', ...) end", args = { 1, 2 } }),
        runner.run({ source = "local data = ... return data.key", args = { { key = "v" } } }), runner.run({ source = "local json = require('json') return json.encode({ a = 1 })", modules = { "json" } }),
        runner.run({ source = "return my_sdk.version .. require('my_sdk').name", custom_modules = { my_sdk = { version = "1", name = "n" } } }),
        runner.run({ source = "return { g = function(n) return require('sdk').greet(n) .. sdk.version end }", method = "g", args = { "T" }, imports = { sdk = "app.lib:sdk" } }),
        runner.run({ source = "return require('ctx').get('user')", modules = { "ctx" }, context = { user = "Alice" } }), runner.run({ source = "return ctx, my_sdk, leaked" }) == nil,
        runner.run({ source = "leaked = 1 return #string.rep('x', 3)" }), runner.run({ source = "return string.char(0, 255)" }) == string.char(0, 255) }`),
  ).toEqual([42, 2, "v", '{"a":1}', "1n", "Hello, T!2.0.0", "Alice", true, 3, true]);
  await engine.close();
});

it("compiles without running, and says what is wrong", async () => {
  const { lua, engine } = await moduleWorld(all, options);
  expect(
    await lua(`${head} local p = runner.compile("error('ran')", "handle", { modules = { "json" } }) local none, syntax = runner.compile("this is not lua")
      local _, thrown = runner.run({ source = "error(errors.new({ message = 'm', kind = 'Conflict', retryable = true }))" })
      return { p:method(), p:modules(), syntax:kind(), thrown:kind(), thrown:retryable(), kind({ source = "return {}", method = "x" }), kind({ source = "return 1 +" }):sub(1, 8), kind({ source = "" }),
        kind({ source = "return 1", modules = { "http_client" } }), kind({ source = "return 1", modules = { "yaml" } }), kind({ source = "return 1", imports = { a = "nope" } }),
        runner.run({ source = "return type(require('http_client').get)", modules = { "http_client" }, allow_classes = { "network", "io" } }), kind({ source = "error('plain')" }):sub(1, 9), kind({ source = "return coroutine.create(print)" }):sub(1, 8) }`),
  ).toEqual([
    "handle", ["json"], "Invalid", "Conflict", true, 'NotFound: method "x" not found in module', "Invalid:", "Invalid: eval_runner: the source is empty",
    'Invalid: module "http_client" has forbidden class "network"',
    'NotFound: module "yaml" is not available (have 5 modules: channel, ctx, eval_runner, http_client, json)', "NotFound: library not found: nope",
    "function", "Internal:", "Invalid:",
  ]); // biome-ignore format: a row of results
  await engine.close();
});

it("ends with the limits of its caller, and asks the policies for each module", async () => {
  const { engine } = await moduleWorld(all, { ...options, limits: { callTimeoutMs: 300 } });
  const endless = engine.request({
    op: "runLua",
    code: `local v, err = require("eval_runner").run({ source = "while true do end" }) return 1`,
    args: {},
    timeoutMs: 200,
    modules: { modules: all },
  });
  await expect(endless).rejects.toMatchObject({ code: "deadline_exceeded" });
  await engine.close();
  const policies = [
    { id: "run", actions: ["eval.run", "eval.module"], resources: ["eval", "json"], effect: "allow" as const },
  ];
  const { lua, ...narrow } = await moduleWorld(all, { security: { actor: { id: "a" }, policies } });
  expect(
    await lua(
      `${head} return { runner.run({ source = "return 1", modules = { "json" } }), kind({ source = "return 1", modules = { "ctx" } }), kind({ source = "return 1", allow_classes = { "network" } }) }`,
    ),
  ).toEqual([1, "PermissionDenied: not allowed: ctx", "PermissionDenied: not allowed: network"]);
  await narrow.engine.close();
});

const lending = {
  moduleOptions: {
    eval_runner: {
      ...options.moduleOptions.eval_runner,
      "app.lib:encoder": {
        source: "local json = require('json') return { encode = function(v) return json.encode(v) end }",
        modules: ["json"],
      },
    },
  },
};

it("a library may require what its snippet may not, and a name stands for one thing", async () => {
  const { lua, engine } = await moduleWorld(all, lending);
  expect(
    await lua(`${head} local imports = { enc = "app.lib:encoder" }
      return { runner.run({ source = "return enc.encode({ 1 })", imports = imports }), kind({ source = "return require('json')", imports = imports }):sub(1, 35),
        runner.run({ source = "return package.preload.json == nil and package.loaded.json == nil and json == nil", imports = imports }),
        runner.run({ source = "return enc.encode({ 1 }) .. require('json').encode({ 2 })", imports = imports, modules = { "json" } }),
        kind({ source = "return 1", imports = { json = "app.lib:sdk" }, modules = { "json" } }), kind({ source = "return 1", imports = { a = "app.lib:sdk" }, custom_modules = { a = {} } }) }`),
  ).toEqual([
    "[1]", 'NotFound: module "json" is not avai', true, "[1][2]",
    "Conflict: alias 'json' collision: json (direct module) vs app.lib:sdk (direct import)", "Conflict: alias 'a' collision: a (custom module) vs app.lib:sdk (direct import)",
  ]); // biome-ignore format: a row of results
  await engine.close();
  const policies = [{ id: "run", actions: ["eval.run", "eval.import"], resources: ["*"], effect: "allow" as const }];
  const { lua: narrow, ...closed } = await moduleWorld(all, { ...lending, security: { actor: { id: "a" }, policies } });
  expect(await narrow(`${head} return kind({ source = "return 1", imports = { enc = "app.lib:encoder" } })`)).toBe(
    "PermissionDenied: not allowed: json",
  );
  await closed.engine.close();
});

it("what compiled once is known by its text, method, modules and classes, to whoever may have the modules", async () => {
  const { lua, engine } = await moduleWorld(all, options);
  expect(
    await lua(`local compile = require("eval_runner").compile local source = "return 1"
      local first, again = compile(source, "m", { modules = { "json" } }), compile(source, "m", { modules = { "json" } })
      local same = rawequal(first, again)
      for i = 1, 256 do compile("return " .. i) end
      return { same, rawequal(first, compile(source, "m", { modules = { "json" } })), rawequal(first, compile(source, "other", { modules = { "json" } })), (select(2, compile(source, "m", { modules = { "yaml" } })):kind()) }`),
  ).toEqual([true, false, false, "NotFound"]);
  await engine.close();
});
