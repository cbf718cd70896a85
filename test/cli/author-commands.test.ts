import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BuiltCli, builtCli } from "./built-cli.ts";
import { type Ended, ended } from "./ended.ts";

const wait = 90_000;
let cli: BuiltCli;
let work = "";

beforeAll(async () => {
  cli = await builtCli();
  work = path.join(cli.folder, "work");
  await mkdir(work);
}, wait);
afterAll(() => cli.remove());

const start = (args: readonly string[]) => cli.start(args, work);
const run = (args: readonly string[], stdin = ""): Promise<Ended> => ended(start(args), stdin);

describe("luaskills-wasm test", () => {
  it("tells in each format what passed and what failed, and where", { timeout: wait }, async () => {
    await run(["init", "probe", "-q"]);
    await writeFile(
      path.join(work, "probe/tests/more.lua"),
      `local kept = 0
describe("a <group>", function()
  before_each(function() kept = kept + 1 end)
  it("fails", function()
    expect({ 1, two = { 2 } }).to_equal({ 1, two = { 3 } })
  end)
  it("begins anew", function() expect(kept).to_be(1) end)
  it("ends", function() while true do end end)
  it("negates", function() expect("abc").never.to_contain("d") end)
end)
`,
    );
    const spec = await run(["test", "probe", "--timeout", "1500"]);
    expect(spec.code).toBe(1);
    expect(spec.out).toMatch(/^ok {5}probe\/tests\/hello\.lua › hello › greets by name/m);
    expect(spec.out).toContain("tests/more.lua:5: expected { 1, two = { 2 } } to equal { 1, two = { 3 } }");
    expect(spec.out).toMatch(/^FAILED probe\/tests\/more\.lua › a <group> › ends/m);
    expect(spec.out).toMatch(/^4 passed, 2 failed$/m);
    const tap = await run(["test", "probe", "--reporter", "tap", "--filter", "fails"]);
    expect(tap.out).toMatch(/^TAP version 14\nnot ok 1 - probe\/tests\/more\.lua: a <group> > fails\n {2}---\n/);
    expect(tap.out).toMatch(/\n1\.\.1\n/);
    const junit = await run(["test", "probe", "--reporter", "junit", "--filter", "fails", "--out", "report.xml"]);
    expect({ code: junit.code, out: junit.out }).toEqual({ code: 1, out: "" });
    const xml = await readFile(path.join(work, "report.xml"), "utf8");
    expect(xml).toContain('<testcase classname="probe/tests/more.lua" name="a &lt;group&gt; &gt; fails"');
    expect(xml).toMatch(/tests="1" failures="1"/);
    const nowhere = await run(["test", "probe", "--filter", "fails", "--out", "probe"]);
    expect(nowhere).toMatchObject({ code: 2, err: expect.stringContaining("is a folder where a file is needed") });
    await rm(path.join(work, "probe/tests/more.lua"));
  });
});

describe("packages", () => {
  it("go out as Agent Skill folders and come back, edited ones too", { timeout: wait }, async () => {
    await run(["init", "sender", "-q"]);
    const said = await run(["export", "sender", "--agent-skill", "--out", "shared", "-q"]);
    expect(said).toMatchObject({ code: 0, out: expect.stringMatching(/^shared[\\/]sender {2}\d+ files/) });
    expect(await readFile(path.join(work, "shared/sender/SKILL.md"), "utf8")).toMatch(
      /^---\nname: sender\ndescription: /,
    );
    expect((await run(["install", "other/skills", "shared/sender", "-q"])).out).toContain("was installed");
    await mkdir(path.join(work, "greeter/scripts"), { recursive: true });
    await writeFile(
      path.join(work, "greeter/SKILL.md"),
      "---\nname: greeter\ndescription: Greets.\n---\n\n# Greeter\n",
    );
    await writeFile(path.join(work, "greeter/scripts/hello.lua"), 'print("Hello " .. (arg[1] or "you"))\n');
    expect((await run(["install", "other/skills", "greeter", "-q"])).out).toContain("was installed");
    const call = ["call", "other", "greeter-hello", "--args", '{"argv":["Ada"]}', "-q"];
    expect((await run(call)).out.trim()).toBe("Hello Ada");
    await writeFile(path.join(work, "greeter/scripts/hello.lua"), 'print("Bye")\n');
    // Nothing was put in place, and somebody wanted it to be.
    const edited = await run(["install", "other/skills", "greeter", "-q"]);
    expect(edited).toMatchObject({ code: 2, out: expect.stringContaining("install it with --replace") });
    expect((await run(["update", "other/skills", "greeter", "-q"])).code).toBe(2);
    expect((await run(["install", "other/skills", "greeter", "--replace", "-q"])).code).toBe(0);
    expect((await run(call)).out.trim()).toBe("Bye");
  });

  it("are installed, switched off and on, updated and removed", { timeout: wait }, async () => {
    const { out } = await run(["pack", "probe", "--json", "-q"]);
    const [packed] = JSON.parse(out) as [{ file: string; sha256: string }];
    expect(await run(["install", "home/skills", packed.file, "--sha256", packed.sha256, "-q"])).toMatchObject({
      code: 0,
    });
    expect(await run(["install", "home/skills", packed.file, "-q"])).toMatchObject({
      code: 0,
      out: "nothing was changed: probe is installed already, with the files of this package\n",
    });
    const names = async () => (await run(["list", "home", "-q"])).out.split(" ")[0];
    expect(await names()).toBe("probe-hello");
    await run(["disable", "home", "probe", "--reason", "later"]);
    expect(await names()).toBe("no");
    await run(["enable", "home", "probe"]);
    expect(await names()).toBe("probe-hello");
    expect((await run(["update", "home", packed.file, "--json", "-q"])).out).toContain('"up_to_date"');
    expect((await run(["uninstall", "home", "probe"])).code).toBe(0);
    expect(await readdir(path.join(work, "home/skills"))).not.toContain("probe");
    const wrong = await run(["install", "home", "nothing.zip"]);
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("is no source") });
    // What cannot be installed leaves no folder behind.
    expect((await run(["install", "new/skills", "nothing.zip"])).code).toBe(2);
    expect(await readdir(work)).not.toContain("new");
    expect((await run(["install", "probe", packed.file])).err).toContain("is one skill");
  });
});

describe("looking in", () => {
  it("db shows tables and rows, and takes a database out and in", { timeout: wait }, async () => {
    await run(["init", "diary", "-t", "database", "-q"]);
    await run(["call", "diary", "add", "--args", '{"text":"rain"}', "-q"]);
    expect((await run(["db", "diary", "diary", "-q"])).out).toMatch(/^name +type .*\n-.*\n(?:.*\n)*notes +table +1 /);
    expect((await run(["db", "diary", "diary", "SELECT text FROM notes", "--json", "-q"])).out).toContain('"rain"');
    expect((await run(["db", "diary", "diary", "DELETE FROM notes", "-q"])).err).toContain("permission_denied");
    await run(["db", "diary", "diary", "--export", "diary.sqlite3", "-q"]);
    await run(["call", "diary", "add", "--args", '{"text":"sun"}', "-q"]);
    expect((await run(["db", "diary", "diary", "--import", "diary.sqlite3", "-q"])).code).toBe(0);
    expect((await run(["call", "diary", "find", "--args", '{"word":"sun"}', "-q"])).out).toBe("nothing found\n");
  });

  it("repl keeps variables, shows values and goes on after errors", { timeout: wait }, async () => {
    const { out, err, code } = await run(
      ["repl", "probe", "-q"],
      'x = 20\nx + 1\nerror("no")\nvulcan.call("probe-hello", { who = "Ada" })\n',
    );
    expect({ out, code }).toEqual({ out: "21\nHello Ada!\n", code: 0 });
    expect(err).toContain("no");
    // A statement is no failed expression.
    expect(err).not.toContain("syntax error");
  });

  it("types writes annotations and TypeScript", { timeout: wait }, async () => {
    await rm(path.join(work, "probe/types"), { recursive: true });
    await run(["types", "probe", "--out", "skills.d.ts", "-q"]);
    expect(await readdir(path.join(work, "probe/types"))).toContain("vulcan.d.lua");
    const text = await readFile(path.join(work, "skills.d.ts"), "utf8");
    expect(text).toMatch(/"probe-hello": \{\n {4}\/\*\* Whom to greet \*\/\n {4}who: string;\n {2}\};/);
  });

  it("doctor tries what it tells", { timeout: wait }, async () => {
    const { out, code } = await run(["doctor", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toContainEqual({ what: "Lua runs", ok: true, said: "metered: endless loops end" });
  });
});

describe("luaskills-wasm serve", () => {
  it("serves HTTP and MCP to whoever has the token, and follows changes", { timeout: wait }, async () => {
    const child = start(["dev", "probe", "--port", "0", "--token", "t0ken", "--memory"]);
    let err = "";
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.once("data", (chunk) => resolve(String(chunk).trim()));
      child.stderr.on("data", (chunk) => (err += chunk));
      child.once("close", () => reject(new Error(`it ended: ${err}`)));
    });
    const headers = { authorization: "Bearer t0ken" };
    expect((await fetch(`${url}/v1/entries`)).status).toBe(401);
    const entries = await (await fetch(`${url}/v1/entries`, { headers })).json();
    expect(entries).toMatchObject({ entries: [{ name: "probe-hello" }] });
    const client = new Client({ name: "test", version: "1.0.0" });
    await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }));
    const say = async () => (await client.callTool({ name: "probe-hello", arguments: { who: "Ada" } })).content;
    expect(await say()).toEqual([{ type: "text", text: "Hello Ada!" }]);
    const loaded = new Promise<void>((resolve) => {
      child.stderr.on("data", (chunk) => {
        if (String(chunk).includes("loaded: 1 entries")) resolve();
      });
    });
    await writeFile(path.join(work, "probe/runtime/hello.lua"), 'return function(args) return "Bye " .. args.who end');
    await loaded;
    expect(await say()).toEqual([{ type: "text", text: "Bye Ada" }]);
    await client.close();
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  });
});
