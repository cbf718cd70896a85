import { expect, it } from "vitest";
import { createTestRuntime } from "../../src/testing/kit/test-runtime.ts";

/** Every function that knows proxies (immutable.lua), with each kind of mistake it makes of its caller's. */
const mistakes = [
  ...["rawset()", "rawset(1, 2, 3)", "rawset({})", "rawset({}, nil, 1)"],
  ...[
    "rawget()",
    "rawget(1, 2)",
    "rawget({})",
    "rawlen()",
    "rawlen(1)",
    'rawlen("x")',
    "next()",
    "next(1)",
    "next({}, 7)",
  ],
  ...["table.sort()", "table.sort(1)", "table.sort({ 2, 1 }, 1)", 'table.sort({ 1, "x" })'],
  ...[
    "table.sort({ 5, 4, 3, 2, 1 }, function() return true end)",
    'table.sort({ 2, 1 }, function() error("mine") end)',
  ],
  ...["table.insert()", "table.insert(1)", "table.insert({})", "table.insert({}, 1, 2, 3)", 'table.insert({}, "x", 2)'],
  ...["table.remove()", "table.remove(1)", 'table.remove({}, "x")', "table.maxn()", "table.maxn(1)"],
  ...["table.concat()", "table.concat(1)", "table.concat({ {} })", "table.concat({}, {})", 'table.concat({}, "", "x")'],
  ...[
    "table.unpack()",
    "table.unpack(1)",
    'table.unpack({}, "x")',
    "table.unpack({}, 1, 1e8)",
    "unpack()",
    "unpack({}, 1, 1e8)",
  ],
  ...["table.move()", "table.move({}, 1)", 'table.move({}, 1, 2, "x")', "table.move({}, 1, 2, 3, 4)"],
  ...[
    "table.foreach()",
    "table.foreach(1)",
    "table.foreach({ 1 })",
    'table.foreach({ 1 }, function() error("mine") end)',
  ],
];

it("a mistake is told in the words and at the line of a VM without modules", async () => {
  const told = mistakes.map((call) => `say(function()\nlocal _ = ${call}\nend)`).join("\n");
  const code = `local said = {} local function say(f) said[#said + 1] = tostring((select(2, pcall(f)))) end\n${told}\nreturn said`;
  const runtime = await createTestRuntime();
  try {
    const plain = (await runtime.runLua(code)) as string[];
    expect(await runtime.runLua(code, {}, { modules: [] })).toEqual(plain);
    expect(plain).toHaveLength(mistakes.length);
    const unplaced = plain.filter((text) => !/^run_lua:\d+: /.test(text));
    expect(unplaced).toEqual([
      "table index is nil",
      "nil",
      "invalid key to 'next'",
      "attempt to compare string with number",
    ]);
  } finally {
    await runtime.close();
  }
});
