import { afterAll, expect, it } from "vitest";
import { createNodeRuntime } from "../../../platforms/node/node.ts";

const runtime = await createNodeRuntime({ modules: ["expr"], grants: { "*": ["expr"] } });
afterAll(() => runtime.close());
const run = (code: string, args = {}) => runtime.runLua(`local expr = require("expr") ${code}`, args);

it.each([
  ["1 + 2 * 3", 7],
  ["10 / 4", 2.5],
  ["10 % 3", 1],
  ["2 ** 3 ** 2", 512],
  ["-2 ^ 2", -4],
  ["price * quantity", 40],
  ['price > 9 ? "A" : price > 8 ? "B" : "C"', "A"],
  ["a?.b?.c ?? 'none'", "none"],
  ["a?.b", null],
  ["missing?.deep ?? 5", 5],
  ["user.name + '!'", "Ada!"],
  ["users[0].age", 36],
  ["users[-1].name", "Bob"],
  ["list[1:3]", [2, 3]],
  ["list[:2]", [1, 2]],
  ["'hello'[1:]", "ello"],
  ["3 in list and 9 not in list", true],
  ["'name' in user", true],
  ["not (1 == 1) || !false && true", true],
  ["'hello world' contains 'lo w' and 'abc' startsWith 'ab' and 'abc' endsWith 'bc'", true],
  ["1..4", [1, 2, 3, 4]],
  ["filter(list, # > 2)", [3, 4]],
  ["map(users, .name)", ["Ada", "Bob"]],
  ["filter(users, .age > 40) | map(.name)", ["Bob"]],
  ["all(list, {# > 0}) && any(list, # == 4) && none(list, # > 4) && one(list, # == 1)", true],
  ["count(users, .age > 30)", 2],
  ["sum(list)", 10],
  ["sum(users, .age)", 81],
  ["reduce(list, $acc + #, 100)", 110],
  ["find(users, .age > 40).name", "Bob"],
  ["sortBy(users, .age, 'desc')[0].name", "Bob"],
  ["groupBy(list, # > 2 ? 'big' : 'small')", { small: [1, 2], big: [3, 4] }],
  ["let n = 2; map(list, let m = n + #; m * $index)", [0, 4, 10, 18]],
  ["let n = 1; let n = n + 1; filter(list, # > n)", [3, 4]],
  ["replace('abc', '', '-') + replace('aXbX', 'X', 'yy')", "-a-b-c-ayybyy"],
  ["[lastIndexOf('abcabc', 'bc'), indexOf('abcabc', 'bc'), indexOf('abc', 'x')]", [4, 1, -1]],
  ["split('a,b,c', ',') == ['a', 'b', 'c'] and split('abc', '') == ['a', 'b', 'c']", true],
  ["{'a': [1, {'b': 2}]} == {'a': [1, {'b': 2}]} and {'a': 1} != {'b': 1} and {'a': 1, 'b': 2} != {'a': 1}", true],
  ["toJSON({'b': [1, 'x'], 'a': nil})", '{"a":null,"b":[1,"x"]}'],
  ["[len('a😀'), upper('straße'), trim('xxaxy', 'yx')]", [2, "STRASSE", "a"]],
  ["fromPairs([['a', 1], ['b', [2]]])", { a: 1, b: [2] }],
  ["fromJSON('{\"big\": 9007199254740993}').big - 9007199254740992", 0],
  ["max(1, 5, 3) + min(list) + len(list) + abs(-2)", 12],
  ["round(2.5) + floor(2.9) + ceil(2.1)", 8],
  ["upper('a') + lower('B') + trim('  c ')", "Abc"],
  ["split('a,b', ',') | join('-')", "a-b"],
  ["{a: 1, 'b c': [2]}", { a: 1, "b c": [2] }],
  ["keys({b: 1, a: 2})", ["a", "b"]],
  ["let x = 20; let y = 2; x * y + 2", 42],
  ["0x10 + 0b11 + 1_000", 1019],
  ["toJSON(fromJSON('{\"a\":[1]}'))", '{"a":[1]}'],
  ["int('42') + float('0.5')", 42.5],
  ["[1, 2] == [1, 2] && {a: 1} != {a: 2}", true],
  ["/* a comment */ 1 // more", 1],
])("%s", async (expression, value) => {
  const env =
    '{ price = 10, quantity = 4, a = {}, user = { name = "Ada" }, list = { 1, 2, 3, 4 }, users = { { name = "Ada", age = 36 }, { name = "Bob", age = 45 } } }';
  expect(
    await run(`local v, err = expr.eval(args.e, ${env}) return { v = v, err = err and err:message() }`, {
      e: expression,
    }),
  ).toEqual(value === null ? [] : { v: value });
});

it("compiles once and runs often", async () => {
  expect(
    await run(
      `local p = expr.compile("price * (1 - rate)") return { p:run({ price = 100, rate = 0.1 }), p:run({ price = 50, rate = 0.2 }) }`,
    ),
  ).toEqual([90, 40]);
});

it.each([
  ["", "Invalid", "the expression is empty"],
  ["1 +", "Internal", "unexpected 'the end' at 4"],
  ["1 2", "Internal", "unexpected '2' at 3"],
  ["nope(1)", "Internal", "unknown function nope at 1"],
  ["'a' * 2", "Internal", "* takes numbers, got a string"],
  ["1 && true", "Internal", "&& takes true or false, got number"],
  ["x.y", "Internal", "cannot fetch y from nil"],
  ["[1][5]", "Internal", "index out of range: 5 (length 1)"],
  ["'open", "Internal", "the text that begins at 1 does not end"],
  ["1..1000000", "Internal", "a range has at most 100000 numbers"],
  ["map(1..99999, {map(1..99999, #)})", "Internal", "takes more than 1000000 steps"],
  ["repeat('x', 10000000)", "Internal", "a text has at most 1000000 characters"],
  [`${"(".repeat(500)}1${")".repeat(500)}`, "Internal", "at most 100 levels deep"],
  ["constructor.prototype", "Internal", "cannot fetch prototype from nil"],
])("%s fails as %s: %s", async (expression, kind, message) => {
  const [, got, text] = (await run(
    "local v, err = expr.eval(args.e, {}) return { v == nil, err:kind(), err:message() }",
    {
      e: expression,
    },
  )) as [boolean, string, string];
  expect([got, text]).toEqual([kind, expect.stringContaining(message)]);
});
