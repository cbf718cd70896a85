import { strToU8, zipSync } from "fflate";
import { describe, expect, onTestFinished, test } from "vitest";
import type { RuntimeOptions, SkillSeeds } from "../contract/contract.ts";
import { createEngine } from "../engine/engine.ts";
import { createNodeRuntime } from "../platforms/node/node.ts";
import { deafLink } from "../testing/fake-engine.ts";
import { failure } from "../testing/test-engine.ts";
import { testLua } from "../testing/test-wasm.ts";
import { MemoryStore } from "../vfs/memory-store.ts";
import { InlineLink } from "../wire/inline-link.ts";
import { superviseRuntime } from "./supervise.ts";

async function opened(options: RuntimeOptions = {}) {
  const runtime = await createNodeRuntime({ storage: "memory", ...options });
  onTestFinished(() => runtime.close());
  return runtime;
}

const manifest = (name: string, version = "0.1.0") =>
  `name: ${name}\nversion: ${version}\nentries:\n  - { name: say, lua_entry: runtime/say.lua, lua_module: ${name}.say }\n`;
const say = (text: string) => `return function() return "${text}" end`;
const zip = (name: string, text: string, version?: string) =>
  zipSync({
    [`${name}/skill.yaml`]: strToU8(manifest(name, version)),
    [`${name}/runtime/say.lua`]: strToU8(say(text)),
  });

describe("the option skills", () => {
  const two = (prefix: string): Record<string, string> => ({
    [`${prefix}one/skill.yaml`]: manifest("one"),
    [`${prefix}one/runtime/say.lua`]: say("1"),
    [`${prefix}two/skill.yaml`]: manifest("two"),
    [`${prefix}two/runtime/say.lua`]: say("2"),
    [`${prefix}README.md`]: "of nobody",
  });
  const lazy = (files: Record<string, string>, wrap: (text: string) => unknown) =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [path, async () => wrap(text)]));

  test.each<[string, SkillSeeds]>([
    ["plain text", two("")],
    ["a glob of ./", two("./skills/")],
    ["a glob of ../", two("../../skills/")],
    ["an absolute glob", two("/src/skills/")],
    ["functions that give text", lazy(two("./skills/"), (text) => text)],
    ["functions that give modules", lazy(two("./skills/"), (text) => ({ default: text }))],
    ["modules", Object.fromEntries(Object.entries(two("")).map(([path, text]) => [path, { default: text }]))],
    ["bytes", Object.fromEntries(Object.entries(two("")).map(([path, text]) => [path, strToU8(text)]))],
    ["zips", [zip("one", "1"), new Blob([zip("two", "2") as Uint8Array<ArrayBuffer>])]],
    ["both", [zip("one", "1"), { "two/skill.yaml": manifest("two"), "two/runtime/say.lua": say("2") }]],
  ])("takes %s", async (_, skills) => {
    const runtime = await opened({ skills });
    expect(runtime.list().map(({ name }) => name)).toEqual(["one-say", "two-say"]);
    expect((await runtime.call("two-say")).content).toBe("2");
  });

  test("a record that is one package has the name its manifest says", async () => {
    const runtime = await opened({ skills: { "skill.yaml": manifest("solo"), "runtime/say.lua": say("me") } });
    expect((await runtime.call("solo-say")).content).toBe("me");
  });

  test("what is there with other files is replaced, the same and a newer one stay", async () => {
    const { mkdtemp, rm } = await import("node:fs/promises");
    const path = await mkdtemp(`${(await import("node:os")).tmpdir()}/seeds-`);
    onTestFinished(() => rm(path, { recursive: true }));
    const started = async (skills: SkillSeeds) => {
      const runtime = await createNodeRuntime({ storage: { kind: "directory", path }, skills });
      const { content } = await runtime.call("one-say");
      return { runtime, content };
    };
    const first = await started(zip("one", "old"));
    await first.runtime.config.set("one", "k", "kept");
    await first.runtime.close();
    const second = await started(zip("one", "edited"));
    expect(second.content).toBe("edited");
    expect(await second.runtime.config.get("one", "k")).toBe("kept");
    await second.runtime.skills.update({ zip: zip("one", "newer", "0.2.0") });
    await second.runtime.close();
    const third = await started(zip("one", "edited"));
    expect(third.content).toBe("newer");
    await third.runtime.close();
  });

  test("is there again after a restart of the engine, on a store that kept nothing", async () => {
    const lua = await testLua();
    const links: Array<ReturnType<typeof deafLink>> = [];
    const { runtime } = await superviseRuntime({ skills: zip("one", "1"), limits: { stopGraceMs: 20 } }, {}, () => {
      const inline = new InlineLink(async ({ options }, wiring) =>
        createEngine(
          { environment: "node", lua, store: new MemoryStore(), clock: { now: () => Date.now() }, ...wiring },
          options,
        ),
      );
      const link = deafLink(inline);
      links.push(link);
      return link;
    });
    onTestFinished(() => runtime.close());
    await runtime.fs.write("/work/own", "x");
    const restarted = new Promise((resolve) => runtime.on("restart", resolve));
    const [first] = links;
    if (first) first.deaf = true;
    expect((await failure(runtime.runLua("return 1", {}, { timeoutMs: 10 }))).code).toBe("deadline_exceeded");
    await restarted;
    expect((await runtime.call("one-say")).content).toBe("1");
    expect(await runtime.fs.stat("/work/own")).toBeUndefined();
  });

  test.each<[unknown, string]>([
    [{ "a/readme.md": "x" }, "no skill.yaml among the 1 files"],
    [{ "a/skill.yaml": 7 }, "the file a/skill.yaml must be text or bytes"],
    [["text"], "a record of files (path → content) or the bytes of a zip, got string"],
    [{ "a/../skill.yaml": "x" }, "is not the path of a file in a package"],
  ])("refuses %j", async (skills, text) => {
    expect((await failure(opened({ skills: skills as SkillSeeds }))).message).toContain(text);
  });
});

describe("packages from the page", () => {
  test("pack gives what install takes", async () => {
    const runtime = await opened({ skills: zip("one", "1") });
    const packed = await runtime.skills.pack("one");
    const other = await opened();
    await other.skills.install({ zip: packed });
    expect((await other.call("one-say")).content).toBe("1");
    expect((await failure(runtime.skills.pack("nope"))).code).toBe("not_found");
  });

  test("an edited package of the same version is not silently the old one", async () => {
    const runtime = await opened();
    await runtime.skills.install({ zip: zip("one", "old") });
    const same = await runtime.skills.install({ zip: zip("one", "old") });
    expect(same).toMatchObject({ status: "already_installed", message: expect.not.stringContaining("replace") });
    const edited = await runtime.skills.install({ zip: zip("one", "edited") });
    expect(edited).toMatchObject({
      status: "already_installed",
      message: expect.stringContaining("{ replace: true }"),
    });
    const updates = await Promise.all(
      ["old", "edited"].map((text) => runtime.skills.update({ zip: zip("one", text) })),
    );
    expect(updates.map(({ status }) => status)).toEqual(["up_to_date", "up_to_date"]);
    expect(updates.map(({ message }) => message.includes("{ replace: true }"))).toEqual([false, true]);
    expect((await runtime.skills.update({ zip: zip("one", "older", "0.0.9") })).message).not.toContain("replace");
    expect((await runtime.call("one-say")).content).toBe("old");
    const replaced = await runtime.skills.install({ zip: zip("one", "edited") }, { replace: true });
    expect(replaced).toMatchObject({ status: "updated", version: "0.1.0" });
    expect((await runtime.call("one-say")).content).toBe("edited");
    const older = await runtime.skills.install({ zip: zip("one", "older", "0.0.9") }, { replace: true });
    expect(older).toMatchObject({ status: "updated", version: "0.0.9" });
    const fresh = await runtime.skills.install({ zip: zip("two", "2") }, { replace: true });
    expect(fresh).toMatchObject({ status: "installed" });
    const native = runtime.skills.install({ request: { skill_id: "one" } }, { replace: true });
    expect((await failure(native)).code).toBe("invalid_argument");
  });

  test("a read-only root is filled by the option and by nothing else", async () => {
    const bundled = { name: "ROOT", skills_dir: "/runtime/bundled/skills", readOnly: true };
    const user = { name: "USER", skills_dir: "/runtime/user/skills" };
    const runtime = await opened({ roots: [bundled, user], skills: zip("one", "1") });
    expect(runtime.list()[0]).toMatchObject({ name: "one-say", rootName: "ROOT" });
    for (const change of [
      runtime.skills.disable("one"),
      runtime.skills.enable("one"),
      runtime.skills.uninstall("one"),
      runtime.skills.update({ zip: zip("one", "2", "0.2.0") }),
      runtime.skills.install({ zip: zip("two", "2") }, { targetRoot: bundled }),
    ]) {
      const error = await failure(change);
      expect([error.code, error.message]).toEqual(["permission_denied", expect.stringContaining("read-only")]);
    }
    await runtime.skills.install({ zip: zip("two", "2") }, { targetRoot: user });
    expect((await runtime.call("two-say")).content).toBe("2");
  });

  test.each(["skill", "shared"] as const)("nobody writes into a read-only root, isolation %s", async (isolation) => {
    const bundled = { name: "ROOT", skills_dir: "/runtime/bundled/skills", readOnly: true };
    const file = `${bundled.skills_dir}/one/runtime/say.lua`;
    const runtime = await opened({ roots: [bundled], skills: zip("one", "1"), isolation });
    await runtime.fs.write("/runtime/other/say.lua", say("other"));
    const { fs } = runtime;
    for (const change of [
      () => fs.write(file, say("2")),
      () => fs.write("/runtime//bundled/./skills/two/skill.yaml", manifest("two")),
      () => fs.mkdir(`${bundled.skills_dir}/two`),
      () => fs.remove(file),
      () => fs.remove("/runtime/bundled", { recursive: true }),
      () => fs.rename(file, "/runtime/other/moved.lua"),
      () => fs.rename("/runtime/other/say.lua", file),
      () => fs.rename("/runtime/bundled", "/runtime/gone"),
      () => fs.importZip(bundled.skills_dir, zip("one", "2")),
    ]) {
      const error = await failure(change());
      expect([error.code, error.message]).toEqual([
        "permission_denied",
        expect.stringContaining("'ROOT' is read-only"),
      ]);
    }
    for (const command of [`echo 2 > ${file}`, `rm -r ${bundled.skills_dir}`, `mv ${file} /runtime/other`]) {
      expect(await runtime.shell(command)).toMatchObject({ code: 1, stderr: expect.stringMatching(/denied/i) });
    }
    for (const call of [
      `vulcan.fs.write("${file}", "2")`,
      `vulcan.fs.remove("${file}")`,
      `vulcan.fs.rename("/runtime/bundled", "/runtime/gone")`,
      `vulcan.fs.mkdir("${bundled.skills_dir}/two")`,
      `assert(io.open("${file}", "w")):write("2")`,
      `assert(os.remove("${file}"))`,
    ]) {
      // What cannot be seen there is removed with success.
      await runtime.runLua(call).catch(() => undefined);
      expect(await fs.readText(file), call).toBe(say("1"));
      expect(await fs.list(bundled.skills_dir), call).toEqual(["one"]);
    }
    await fs.write("/runtime/bundled/beside.txt", "free");
    await runtime.skills.reload();
    expect((await runtime.call("one-say")).content).toBe("1");
  });
});
