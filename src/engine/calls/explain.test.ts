import { describe, expect, test } from "vitest";
import { failure, skill, testEngine, writeFiles } from "../../testing/test-engine.ts";

const runtime = "/runtime/skills/s/runtime";
const library = "/runtime/skills/s/a-library-with-a-name-that-lua-cuts-in-its-messages/deep/inside.lua";

/** Entry text, the file and line the host is told, and a part of the message. */
const faults: Readonly<Record<string, readonly [lua: string, file: string, line: number, text: string]>> = {
  index: ["\n\nlocal x\nreturn x.y", "", 4, 'runtime error: [string "s.index"]:4: attempt to index'],
  raise: ["\nerror('no')", "", 2, "runtime error: [string"],
  bare: ["\nerror('no', 0)", "", 2, "runtime error: no"],
  table: ["\n\nerror({ code = 42 })", "", 3, 'runtime error: {"code":42}'],
  nothing: ["\nerror()", "", 2, "runtime error: nil (the error was raised without a message)"],
  object: [
    "error(setmetatable({}, { __tostring = function() return 'own text' end }))",
    "",
    1,
    "runtime error: own text",
  ],
  strange: ["error({ print })", "", 1, "a table that is not plain data"],
  read: [
    "\nreturn vulcan.fs.read('/gone.txt')",
    "",
    2,
    `fs.read: No such file or directory (os error 2): /gone.txt\n\tat ${runtime}/read.lua:2`,
  ],
  list: [
    "vulcan.fs.list('/gone')",
    "",
    1,
    `fs.list: No such file or directory (os error 2): /gone\n\tat ${runtime}/list.lua:1`,
  ],
  io: ["vulcan.io.open('/gone', 'r')", "", 1, "No such file or directory (os error 2): /gone"],
  tail: ["return require('nowhere')", "", 1, "runtime error: module 'nowhere' not found"],
  library: ["return require('inside').fail()", library, 3, "a nil value"],
  uncompiled: ["return require('broken')", library.replace("inside", "broken"), 2, "expected near"],
  other: ["return vulcan.call('t-run', {})", "/runtime/skills/t/runtime/run.lua", 2, "deep"],
};

const entries = Object.fromEntries(
  Object.entries(faults).map(([name, [lua]]) => [
    name,
    `return function() package.path = vulcan.context.skill_dir .. "/a-library-with-a-name-that-lua-cuts-in-its-messages/deep/?.lua" ${lua}\nend`,
  ]),
);
const files = {
  ...skill("s", entries),
  ...skill("t", { run: "return function()\nerror('deep') end" }),
  [library.slice("/runtime/".length)]: "return { fail = function()\n\nlocal x = nil .. 1 end }",
  [library.slice("/runtime/".length).replace("inside", "broken")]: "local a\nlocal = 1",
};

describe("the host is told in which file and line a skill failed, whatever was raised", () => {
  test.each(Object.entries(faults))("%s", async (name, [, file, line, text]) => {
    const { call } = await testEngine({ files });
    const error = await failure(call(`s-${name}`));
    expect(error.message).toContain(text);
    if (name !== "tail") expect(error.data).toMatchObject({ file: file || `${runtime}/${name}.lua`, line });
    expect(error.message).not.toMatch(/vulcan\.scope|dialect:|table: 0x/);
  });

  test("the value of an error object is there for programs", async () => {
    const { call } = await testEngine({ files });
    expect((await failure(call("s-table"))).data).toMatchObject({ value: { code: 42 } });
  });

  test.each([
    ["raise", "error"],
    ["read", "read"],
    ["tail", undefined],
  ])(
    "the traceback of %s names the program's frames and what it called, and nothing of the engine's",
    async (name, called) => {
      const { call } = await testEngine({ files });
      const trace = (await failure(call(`s-${name}`))).luaTraceback;
      const own = `\t[string "s.${name}"]:${faults[name]?.[2]}: in function '__skill_s.${name}'`;
      expect(trace).toBe(called && ["stack traceback:", `\t[C]: in function '${called}'`, own].join("\n"));
    },
  );

  test("also for a chunk that fails while the skill loads, in a file it loads", async () => {
    const { engine, store } = await testEngine({ files: {} });
    writeFiles(store, {
      ...skill("u", { run: 'local x\ndofile("/runtime/skills/u/lib.lua")' }),
      "skills/u/lib.lua": "\n\n\nerror('in the library')",
    });
    await engine.request({ op: "skills.reload" });
    expect(engine.snapshot().problems).toMatchObject([
      { skillId: "u", error: { data: { file: "/runtime/skills/u/lib.lua", line: 4 } } },
    ]);
  });
});

describe("code of the host keeps its line numbers", () => {
  const codes: readonly (readonly [code: string, line: number, text: string])[] = [
    ["local x\nreturn x.y", 2, "run_lua:2: attempt to index"],
    ["x = = 1", 1, "run_lua:1: unexpected symbol near '='"],
    ["\n\nx = = 1", 3, "run_lua:3:"],
    ["return (", 1, "run_lua:1: unexpected symbol near '<eof>'"],
    ["if true then\n", 2, "'end' expected"],
    ["return ...", 1, "cannot use '...' outside a vararg function"],
    ["\nerror('a', 0)", 2, "runtime error: a"],
    ["\nvulcan.fs.read('/gone')", 2, "/gone\n\tat run_lua:2"],
  ];
  test.each(codes)("runLua %j", async (code, line, text) => {
    const { lua } = await testEngine();
    const error = await failure(lua(code));
    expect(error.message).toContain(text);
    expect(error.data).toMatchObject({ line });
    expect(error.data).not.toHaveProperty("file");
  });

  test("and as the native engine counts them where VMs are shared as there", async () => {
    const { lua } = await testEngine({ options: { isolation: "shared" } });
    const error = await failure(lua("\nerror('a')"));
    expect([error.message.includes("run_lua:4: a"), error.data.line]).toEqual([true, 2]);
  });

  const luaexec: readonly (readonly [code: string, text: string])[] = [
    ["local x\nreturn x.y", "luaexec:2: attempt to index"],
    ["\n \n x = = 1", "luaexec:3: unexpected symbol"],
    ["return (", "luaexec:1: unexpected symbol near '<eof>'"],
    ["error({ code = 42 })", 'runtime error: {"code":42}'],
    ["error()", "runtime error: nil (the error was raised without a message)"],
  ];
  test.each(luaexec)("luaexec %j", async (code, text) => {
    const { engine } = await testEngine();
    expect(await engine.request({ op: "luaexec", request: { task: "t", code } })).toContain(text);
  });
});

describe("a limit that ends a run is named with its value and the way to raise it", () => {
  const loop = "while true do end";
  const cases = [
    [{ runMs: 50 }, loop, "deadline_exceeded", "runMs", 50],
    [{ callTimeoutMs: 60 }, loop, "deadline_exceeded", "callTimeoutMs", 60],
    [{ runInstructions: 100_000 }, loop, "budget_exceeded", "runInstructions", 100_000],
    [{ vmMemoryBytes: 4_194_304 }, "local s = ('x'):rep(2^26)", "memory_exceeded", "vmMemoryBytes", 4_194_304],
    [
      { vmMemoryBytes: 4_194_304 },
      "local t = {} while true do t[#t + 1] = {} end",
      "memory_exceeded",
      "vmMemoryBytes",
      4_194_304,
    ],
    [{ outputBytes: 100 }, "for i = 1, 9 do print('0123456789') end", "output_exceeded", "outputBytes", 100],
  ] as const;
  test.each(cases)("%o", async (limits, code, error, limit, limitValue) => {
    const { lua, call } = await testEngine({
      files: skill("s", { run: `return function() ${code} end` }),
      options: { limits },
    });
    for (const failed of [await failure(lua(code)), await failure(call("s-run"))]) {
      expect(failed).toMatchObject({ code: error, data: { limit, limitValue } });
      expect(failed.message).toContain(`the limit is ${limit} = ${limitValue}`);
      expect(failed.message).toContain(`limits: { ${limit} }`);
    }
  });

  test("the time limit of a call is the caller's own", async () => {
    const { lua } = await testEngine();
    const error = await failure(lua(loop, 70));
    expect(error).toMatchObject({ code: "deadline_exceeded", data: { limit: "timeoutMs", limitValue: 70 } });
    expect(error.message).toContain("give the call a longer timeoutMs");
  });

  test("the time a skill may take to load is named as such", async () => {
    const options = { limits: { skillLoadMs: 60 } };
    const { call } = await testEngine({ files: skill("s", { run: `${loop} return print` }), options });
    expect((await failure(call("s-run"))).message).toContain("took longer than 60 ms (limits.skillLoadMs)");
  });
});
