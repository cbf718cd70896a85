import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { root } from "../../scripts/build/bundle.ts";
import { type BuiltCli, builtCli } from "./built-cli.ts";
import { type Ended, ended } from "./ended.ts";

let cli: BuiltCli;
let work = "";

beforeAll(async () => {
  cli = await builtCli();
});
afterAll(() => cli.remove());

beforeEach(async () => {
  work = await mkdtemp(path.join(cli.folder, "work-"));
  await skill("probe", {
    keep: 'return function(a) local f = "/runtime/kept.txt" local old = vulcan.fs.exists(f) and vulcan.fs.read(f) or "" vulcan.fs.write(f, old .. (a.text or "")) vulcan.runtime.log("info", "kept") return old .. (a.text or "") end',
    boom: 'local function inner() error("kaput") end\nreturn function() inner() end',
    loop: "return function() while true do end end",
    table: "return function() return {} end",
    budget: "return function() return tostring(vulcan.context.client_budget.tool_result.bytes) end",
  });
});

async function skill(id: string, entries: Record<string, string>): Promise<void> {
  const dir = path.join(work, "skills", id);
  await mkdir(path.join(dir, "runtime"), { recursive: true });
  const rows = Object.keys(entries).map(
    (name) =>
      `  - { name: ${name}, description: "Does ${name}", lua_entry: runtime/${name}.lua, lua_module: ${id}.${name} }\n`,
  );
  await writeFile(path.join(dir, "skill.yaml"), `name: Probe\nversion: 1.0.0\nentries:\n${rows.join("")}`);
  for (const [name, source] of Object.entries(entries))
    await writeFile(path.join(dir, "runtime", `${name}.lua`), source);
}

const run = (args: readonly string[], stdin = ""): Promise<Ended> => ended(cli.start(args, work), stdin);

describe("luaskills-wasm call", () => {
  it("prints the result to stdout and the log to stderr, and keeps state between runs", async () => {
    const first = await run(["call", "skills", "probe-keep", "--args", '{"text":"a"}']);
    expect(first).toMatchObject({ code: 0, out: "a\n" });
    expect(first.err).toContain("[LuaSkill:info] kept");
    const second = await run(["call", "skills", "probe-keep", "--args", '{"text":"b"}', "--quiet"]);
    expect(second).toEqual({ code: 0, out: "ab\n", err: "" });
    expect(await readFile(path.join(work, "kept.txt"), "utf8")).toBe("ab");
  });

  it("writes nothing with --memory", async () => {
    await run(["call", "skills", "probe-keep", "--args", '{"text":"a"}', "--memory"]);
    expect(await readdir(work)).toEqual(["skills"]);
  });

  it("takes arguments from a file and from stdin", async () => {
    await writeFile(path.join(work, "args.json"), '{"text":"file"}');
    expect((await run(["call", "skills", "probe-keep", "--args", "@args.json", "--memory"])).out).toBe("file\n");
    expect((await run(["call", "skills", "probe-keep", "--args", "-", "--memory"], '{"text":"in"}')).out).toBe("in\n");
  });

  it("passes a context, and names the option that is wrong", async () => {
    const call = (context: string) => run(["call", "skills", "probe-budget", "--context", context, "--memory"]);
    expect((await call('{"client_budget":{"tool_result":{"bytes":7}}}')).out).toBe("7\n");
    const bad = await call("[1]");
    expect(bad.code).toBe(2);
    expect(bad.err).toContain("--context must be a JSON object, got an array");
  });

  it("prints the whole result, or the error, as JSON", async () => {
    const good = await run(["call", "skills", "probe-keep", "--args", '{"text":"a"}', "--json", "--memory"]);
    expect(JSON.parse(good.out)).toMatchObject({ content: "a", contentBytes: 1, overflowMode: null, usage: {} });
    const bad = await run(["call", "skills", "probe-boom", "--json", "--memory"]);
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.out)).toMatchObject({ error: { code: "lua_error" } });
  });

  it("prints code, message and Lua traceback of an error", async () => {
    const { code, out, err } = await run(["call", "skills", "probe-boom", "--memory"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/error lua_error: .*kaput/);
    expect(err).toMatch(/stack traceback:[\s\S]*inner/);
  });

  it("has an exit code for each kind of failure", async () => {
    const codes = async (...args: string[]) => (await run([...args, "--memory"])).code;
    expect(await codes("call", "skills", "probe-table")).toBe(1);
    expect(await codes("call", "skills", "probe-kep")).toBe(3);
    expect(await codes("call", "skills", "probe-loop", "--timeout", "200")).toBe(4);
    expect(await codes("call", "nowhere", "x")).toBe(2);
  });

  it("tells of a skill that is turned off, and how it runs again", async () => {
    expect((await run(["disable", "skills", "probe", "--reason", "too loud", "-q"])).code).toBe(0);
    const why = "skill probe is disabled (too loud): luaskills-wasm enable <skills> probe lets it run";
    const called = await run(["call", "skills", "probe-keep", "--json", "-q"]);
    expect(called).toMatchObject({ code: 3, err: expect.stringContaining(`not found: ${why}`) });
    expect(JSON.parse(called.out)).toMatchObject({
      error: { code: "entry_not_found", message: expect.stringContaining(why) },
    });
    expect(await run(["list", "skills", "-q"])).toEqual({ code: 0, out: "no entries\n", err: `${why}\n` });
    await run(["enable", "skills", "probe", "-q"]);
    expect((await run(["call", "skills", "probe-keep", "-q"])).code).toBe(0);
  });

  it("suggests near names, and tells of skills that did not load", async () => {
    await skill("broken", { x: "return function( end" });
    await writeFile(path.join(work, "skills/broken/skill.yaml"), "name: B\nversion: 1.0.0\nentries: [\n");
    const { err } = await run(["call", "skills", "probe-kep", "--memory"]);
    expect(err).toContain("'probe-keep'");
    expect(err).toContain(`skill broken is not loaded (${path.join(work, "skills/broken")})`);
  });

  it.each([
    [["call", "skills", "probe-keep", "--args", "{text:1}"], "--args is not JSON"],
    [["call", "skills", "probe-keep", "--args", "[1]"], "must be a JSON object, got an array"],
    [["call", "skills", "probe-keep", "--args", "@none.json"], "cannot be read"],
    [["call", "skills", "probe-keep", "--timeout", "soon"], "--timeout takes whole milliseconds"],
    [["call", "skills"], "call needs a folder and an entry"],
    [["call", "skills", "probe-keep", "x=1"], "is too much"],
    [["call", "skills/probe/skill.yaml", "keep"], "is a file"],
    [["cal", "skills"], 'there is no command "cal"; did you mean call?'],
    [["check", "skills/probe/runtime"], "there is no skill in"],
    [["test", "skills"], "there are no tests"],
    [["test", "skills", "--reporter", "xml"], "it is one of spec, tap, junit"],
    [["init"], "init needs a folder"],
    [["init", "My_Skill"], "cannot be a skill's id"],
    [["init", "fine", "-t", "huge"], 'there is no template "huge"'],
    [["init", "full"], "full is not empty: it holds kept.txt"],
    [["init", "full/kept.txt"], "cannot be a skill's id"],
    [["init", "plain"], "plain is a file; name a folder that is new or empty"],
    [["init", "plain/below"], "is, or lies below, a file where a folder is needed"],
    [["pack", "skills", "--force", "-o", "plain"], "plain is there already, and is no folder"],
    [["types", "full"], "there is no skill in"],
    [["db", "skills", "probe", "--import", "full"], "full cannot be read"],
    [["list", "skills", "--jsno"], "Unknown option"],
    [[], "a command is missing"],
  ])("explains %j", async (args, text) => {
    await mkdir(path.join(work, "full"));
    await writeFile(path.join(work, "full/kept.txt"), "");
    await writeFile(path.join(work, "plain"), "");
    const { code, out, err } = await run(args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(text);
    expect(err).not.toMatch(/\n\s+at /);
  });
});

describe("luaskills-wasm list", () => {
  it("takes a reader that goes away for no failure", async () => {
    const child = cli.start(["list", "skills"], work);
    let err = "";
    child.stderr.on("data", (chunk) => (err += chunk));
    child.stdout.destroy();
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });

  it("lists names with their descriptions, or everything as JSON", async () => {
    const { code, out } = await run(["list", "skills"]);
    expect(code).toBe(0);
    expect(await readdir(work)).toEqual(["skills"]);
    expect(out).toMatch(/^probe-boom +Does boom\nprobe-budget +Does budget\nprobe-keep +Does keep\n/);
    const json = await run(["list", "skills", "--json", "--memory"]);
    expect(JSON.parse(json.out)[0]).toMatchObject({
      name: "probe-boom",
      skillId: "probe",
      inputSchema: { type: "object" },
    });
  });

  it("knows its version and explains itself", async () => {
    const { version } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as { version: string };
    expect((await run(["--version"])).out).toBe(`${version}\n`);
    expect((await run(["--help"])).out).toContain("Exit codes");
    expect((await run(["bridge", "--help"])).out).toContain("--allow PROGRAM");
    expect((await run(["call", "--help"])).out).toContain("--context");
  });
});

describe("the folder rule", () => {
  it("takes a folder of skills, its parent, or one skill, and says so", async () => {
    const plain = await run(["list", "skills", "--memory"]);
    const parent = await run(["list", ".", "--memory"]);
    expect(parent.out).toBe(plain.out);
    expect(parent.err).toContain(`the skills are in ${path.join(work, "skills")}`);
    const one = await run(["list", "skills/probe", "--memory"]);
    expect(one.out).toBe(plain.out);
    expect(one.err).toContain(`${path.join(work, "skills/probe")} is one skill`);
  });

  it("runs one skill alone: its state is in its own folder, and it sees nothing beside it", async () => {
    await writeFile(path.join(work, "skills/secret.txt"), "no");
    await skill("peek", {
      look: 'return function() return table.concat(vulcan.fs.list("/runtime/skills")[1] and { vulcan.fs.list("/runtime/skills")[1].name } or {}) end',
      count:
        'return function() local n = tonumber(vulcan.config.get("n") or "0") + 1 vulcan.config.set("n", tostring(n)) return tostring(n) end',
    });
    expect((await run(["call", "skills/peek", "count", "-q"])).out).toBe("1\n");
    expect((await run(["call", "skills/peek", "peek-count", "-q"])).out).toBe("2\n");
    expect((await run(["run", "skills/peek", "count", "-q", "--memory"])).out).toBe("3\n");
    expect((await run(["run", "skills/peek", "count", "-q", "--memory"])).out).toBe("3\n");
    expect(await readdir(path.join(work, "skills/peek"))).toContain(".luaskills");
    expect(await readdir(work)).toEqual(["skills"]);
  });

  it("shows a home directory to no skill, unless the user says so", { timeout: 120_000 }, async () => {
    const env = { HOME: work, USERPROFILE: work };
    const there = (...args: string[]) => ended(cli.start(args, work, env), "");
    const refused = { code: 2, err: expect.stringContaining("or say --allow-home") };
    expect(await there("list", "skills")).toMatchObject(refused);
    expect(await there("types", "skills", "--allow-home", "-q")).toMatchObject({ code: 0 });
    // It runs nothing over the folder.
    expect(await there("check", "skills")).toMatchObject({ code: 0 });
    const child = cli.start(["serve", "skills", "--allow-home", "--port", "0", "-q"], work, env);
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const closed = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGTERM");
    expect(await closed).toBe(0);
  });

  it("runs a file of Lua over the folder", async () => {
    await writeFile(path.join(work, "try.lua"), 'return vulcan.call("probe-keep", { text = args.text })');
    const { out } = await run(["run", "skills", "try.lua", "--args", '{"text":"x"}', "--memory"]);
    expect(out).toBe("x\n");
  });
});
