/**
 * An engine with two isolated skills in it: `thief` runs escapes, `victim` keeps a secret everywhere a skill can keep one.
 * @module
 */
import type { EngineOptions } from "../../src/contract/contract.ts";
import { skill, type TestEngine, testEngine } from "../../src/testing/test-engine.ts";
import { secret } from "./escapes.ts";

const databases = "sqlite: { enable: true }\n";

const victim = {
  keep: `return function()
    vulcan.config.set("secret", "${secret}")
    vulcan.sqlite.execute_script({ sql = "create table if not exists notes(text); delete from notes; insert into notes values ('${secret}')" })
    return vulcan.cache.put("${secret}")
  end`,
  check: `return function(args)
    local report = {
      secret = vulcan.config.get("secret"),
      note = vulcan.sqlite.query_json({ sql = "select text from notes" }).rows[1].text,
      upper = ("x"):upper(),
      tool = vulcan.runtime.internal.tool_name,
      skill = vulcan.runtime.internal.skill_name,
      dir = vulcan.context.skill_dir,
      read = type(vulcan.fs.read("/runtime/skills/victim/skill.yaml")),
      luaexec = vulcan.runtime.lua.exec({ code = [[return string.upper("x"), tostring(undefined_global), type(vulcan.call("victim-echo", { n = 1 }))]] }),
      config = vulcan.config.list(),
    }
    return vulcan.json.encode(report)
  end`,
  echo: `return function(args) return { args = args, metatable = getmetatable(args) ~= nil } end`,
};

const thief = {
  run: `return function(args)
    local program, message = load(args.code, "=thief")
    if not program then return "syntax error: " .. message end
    setfenv(program, setmetatable({ args = args }, { __index = _G, __newindex = _G }))
    local ok, answer = pcall(program)
    return ok and tostring(answer) or "error: " .. tostring(answer)
  end`,
  look: `return function(args) if args.look then args.look() end return "seen" end`,
};

export interface EscapeWorld {
  readonly engine: TestEngine;
  readonly cacheId: string;
  /** What the victim says about itself: compare it before and after. */
  check(): Promise<string>;
  escape(code: string): Promise<string>;
}

export async function escapeWorld(options: EngineOptions = {}): Promise<EscapeWorld> {
  const engine = await testEngine({
    options,
    files: { ...skill("victim", victim, databases), ...skill("thief", thief, databases) },
    callbacks: { hostTool: async () => ({ ok: true }), embed: async () => ({ vector: [1] }) },
  });
  const cacheId = await engine.call("victim-keep");
  return {
    engine,
    cacheId,
    check: () => engine.call("victim-check", {}, 10_000),
    escape: (code) => engine.call("thief-run", { code, cache_id: cacheId }, 10_000),
  };
}
