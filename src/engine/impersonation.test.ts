/** What a skill says and how it calls itself cannot be taken for another's, or for the engine's. */
import { describe, expect, it } from "vitest";
import { failure, skill, testEngine, writeFiles } from "../testing/test-engine.ts";

const says = (text: string) => `return function() return "${text}" end`;

describe("a canonical name", () => {
  const roots = [
    { name: "ROOT", skills_dir: "/runtime/skills" },
    { name: "USER", skills_dir: "/runtime/user/skills" },
  ];
  const user = (files: Record<string, string>) =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`user/${path}`, text]));
  const real = skill("pay-pal", { x: says("real") });
  const impostor = skill("pay", { "pal-x": says("impostor") });

  it.each([
    ["of ROOT is no USER's to take", real, user(impostor)],
    ["stays with ROOT though it is installed later", {}, user(impostor)],
  ])("%s, and it is told who is called otherwise", async (_, before, others) => {
    const { engine, call, store } = await testEngine({ files: { ...before, ...others }, options: { roots } });
    writeFiles(store, real);
    await engine.request({ op: "skills.reload", roots });
    expect([await call("pay-pal-x"), await call("pay-pal-x-2")]).toEqual(["real", "impostor"]);
    expect(
      engine
        .snapshot()
        .problems.map(({ message }) => message)
        .join(),
    ).toMatch(/pay-pal-x-2/);
    await engine.close();
  });

  it("stays with who has it when a skill comes that would be first", async () => {
    const { engine, call, store } = await testEngine({ files: user(real), options: { roots } });
    writeFiles(store, user(impostor));
    await engine.request({ op: "skills.reload", roots });
    expect([await call("pay-pal-x"), await call("pay-pal-x-2")]).toEqual(["real", "impostor"]);
    await engine.close();
  });
});

it.each(["\\n", "\\r", "\\r\\n", "\\u{85}", "\\u{2028}", "\\u{2029}"])(
  "a line after %s in a log or a print is not one of the engine's",
  async (line) => {
    const { engine, lua, events } = await testEngine();
    await lua(
      `local text = "a${line}[LuaSkill:error] forged" vulcan.runtime.log("info", text) print(text) io.write(text .. "\\n")`,
    );
    const messages = events.flatMap(([name, event]) => (name === "log" ? [event.message] : []));
    expect(messages.length).toBeGreaterThan(1);
    for (const message of messages) expect(message).not.toMatch(/[\n\r\u0085\u2028\u2029]\[LuaSkill/);
    await engine.close();
  },
);

it("a text of an error is output, too: it has its bounds", async () => {
  const limits = { outputBytes: 10_000 };
  const { engine, call, lua } = await testEngine({
    files: skill("s", { run: "return function() error(('x'):rep(1e6)) end" }),
    options: { limits },
  });
  for (const failed of [await failure(call("s-run")), await failure(lua("error(('x'):rep(1e6))"))]) {
    expect(failed.message.length + (failed.luaTraceback?.length ?? 0)).toBeLessThan(4 * limits.outputBytes);
  }
  await engine.close();
});
