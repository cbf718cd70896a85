/**
 * Every function and method of the built-in modules, out of the registry: a module or a type that is new and has no row here fails
 * the walk (host-work.test.ts).
 * @module
 */
import { builtInModules, builtInNames } from "../../src/host/modules/index.ts";
import type { BuiltInServices } from "../../src/host/modules/services.ts";
import { defaultLimits } from "../../src/limits.ts";
import type { LuaType } from "../../src/modules/definition/interface.ts";
import { typesOf } from "../../src/modules/definition/module-manifest.ts";
import { CommandDispatcher } from "../../src/modules/dispatcher.ts";

/** Of the mechanism, without functions of the host: what they do is Lua's own work. `genx` is a package of its own. */
const withoutHost: readonly string[] = ["channel", "errors", "genx"];
export const surfaceModules = builtInNames.filter((name) => !withoutHost.includes(name));

/** What the host has to lend for the instances below. */
export const surfaceOptions = {
  stores: { s: { kind: "memory" }, f: { kind: "vfs", path: "/runtime/s.json" } },
  moduleOptions: {
    fs: { v: { path: "/runtime/v" } },
    sql: { d: { path: "/runtime/d.sqlite3" } },
    queue: { x: { kind: "memory", capacity: 1e6 } },
    template: { t: { templates: { x: "{{ range k, v := . }}{{ k }}{{ json(v) }}{{ end }}{{ x }}" } } },
    templates: { t: { templates: { x: "{{ .x }}" } } },
  },
} as const;

const database = 'require("sql").get("d")';
const builder = 'require("sql").builder';
const policy = 'require("html").new_policy()';
const scope =
  'require("security").new_scope({ { id = "p", actions = { "*" }, resources = { "*" }, effect = "allow" } })';
/** Lua that makes one, by the name of the type; undefined where that takes somebody on the network, or it has no methods. */
export const instances: Readonly<Record<string, string | undefined>> = {
  "eval_runner.Program": 'require("eval_runner").compile("return 1")',
  "expr.Program": 'require("expr").compile("x")',
  "fs.FS": 'require("fs").get("v")',
  "fs.File": 'require("fs").get("v"):open("/f", "w+")',
  "fs.Listing": undefined,
  "funcs.Executor": 'require("funcs").new()',
  "html.Policy": policy,
  "html.AttrBuilder": `${policy}:allow_attrs("a")`,
  "http_client.Stream": undefined,
  "logger.Logger": 'require("logger"):named("x")',
  "queue.Message": '(function() local q = require("queue") q.publish("x", "x") return q.receive("x") end)()',
  "security.Actor": 'require("security").new_actor("x")',
  "security.Scope": scope,
  "sql.DB": database,
  "sql.Transaction": `${database}:begin()`,
  "sql.Statement": `${database}:prepare("select ?")`,
  "sql.QueryExecutor": `${builder}.select("1"):run_with(${database})`,
  "sql.Value": undefined,
  "sql.SelectBuilder": `${builder}.select("1")`,
  "sql.InsertBuilder": `${builder}.insert("t")`,
  "sql.UpdateBuilder": `${builder}.update("t")`,
  "sql.DeleteBuilder": `${builder}.delete("t")`,
  "sql.Sqlizer": `${builder}.eq({ a = 1 })`,
  "store.Store": 'require("store").get("s")',
  "stream.Stream": 'require("stream").new("a b")',
  "stream.Scanner": 'require("stream").new(("a b\\n"):rep(1e6)):scanner("words")',
  "template.Set": 'require("template").get("t")',
  "templates.Set": 'require("templates").get("t")',
  "text.Regexp": 'require("text").regexp.compile("(x|y| )+z")',
  "text.Differ": 'require("text").diff.new()',
  "text.Splitter": 'require("text").splitter.recursive({ chunk_size = 10, chunk_overlap = 9 })',
  "time.Duration": 'require("time").parse_duration("1h")',
  "time.Location": 'require("time").utc',
  "time.Time": 'require("time").now()',
  "websocket.Client": undefined,
};

export interface Method {
  readonly type: string;
  readonly name: string;
}

/** What no definition says: methods that the Lua half of a module adds. */
const addedByLua: readonly Method[] = [{ type: "funcs.Executor", name: "call" }];

/** Methods of every type, those without an instance included. */
export async function methodsOfModules(): Promise<readonly Method[]> {
  const services = {
    host: { env: {}, clock: { now: () => 0 } },
    limits: defaultLimits,
    dispatcher: new CommandDispatcher(),
    stores: {},
  } as unknown as BuiltInServices;
  const found = new Map<string, Method>();
  for (const module of builtInModules(services)) {
    const types = typesOf(await module.load());
    if (!Array.isArray(types)) continue;
    for (const { name: type, methods } of types as readonly LuaType[])
      for (const name of ["", ...Object.keys(methods ?? {})]) found.set(`${type}:${name}`, { type, name });
  }
  return [...found.values(), ...addedByLua];
}
