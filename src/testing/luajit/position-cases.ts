/**
 * Positions, counts and levels that no string, table or stack reaches: they are beyond the end or before the start, and never
 * what their lower 32 bits would say.
 * @module
 */
import type { LuaJitCase } from "./case.ts";

/** `{ calls, their answers }`: each call with every position far beyond the end, and with every one far before the start. */
const answers = (
  beyond: string,
  before: string,
) => `local far = { 2^31, 2^31 + 2, 2^32 + 2, 2^53, 2^53 + 2, 1e300, math.huge }
  local function each(sign, code)
    local seen, kinds = {}, {}
    for _, position in ipairs(far) do
      local at = sign * position
      local answer = table.concat({ tostring(select("#", code(at))), tostring((code(at))) }, " ")
      if not seen[answer] then seen[answer], kinds[#kinds + 1] = true, answer end
    end
    return table.concat(kinds, ", ")
  end
  local s, t, out = "abcdef", { 1, 2, 3 }, {}
  for i, code in ipairs({ ${beyond} }) do out[i] = each(1, code) end
  for i, code in ipairs({ ${before} }) do out[#out + 1] = each(-1, code) end
  return out`;
const each = (codes: readonly string[]) => codes.map((code) => `function(p) return ${code} end`).join(", ");

function farCase(name: string, beyond: Record<string, string>, before: Record<string, string>): LuaJitCase {
  return {
    name,
    code: answers(each(Object.keys(beyond)), each(Object.keys(before))),
    expect: [...Object.values(beyond), ...Object.values(before)],
  };
}

export const stringPositions = farCase(
  "positions in strings that do not fit 32 bits are beyond the end or before the start",
  {
    "s:sub(p)": "1 ",
    "s:sub(1, p)": "1 abcdef",
    "s:sub(2, p)": "1 bcdef",
    "s:sub(p, p)": "1 ",
    "s:byte(p)": "0 nil",
    "s:byte(p, p)": "0 nil",
    "s:byte(6, p)": "1 102",
    's:find("c", p)': "1 nil",
    's:find("", p)': "1 nil",
    's:find("c", p, true)': "1 nil",
    's:match("c", p)': "1 nil",
    's:match("()", p)': "1 nil",
    's:gmatch(".", p)()': "0 nil",
  },
  {
    "s:sub(p)": "1 abcdef",
    "s:sub(1, p)": "1 ",
    "s:byte(p)": "0 nil",
    "s:byte(p, 1)": "1 97",
    "s:byte(1, p)": "0 nil",
    's:find("c", p)': "2 3",
    's:match("()c", p)': "1 3",
    's:gmatch(".", p)()': "1 a",
  },
);

export const otherPositions = farCase(
  "positions in lists, counts and levels that do not fit 32 bits are what they say",
  {
    's:gsub(".", "x", p)': "2 xxxxxx",
    "(''):rep(p)": "1 ",
    "utf8.offset(s, p)": "1 nil",
    'table.concat(t, ",", p)': "1 ",
    "unpack(t, p)": "0 nil",
    "select(p, 1, 2)": "0 nil",
    'select(2, pcall(error, "x", p))': "1 x",
    'debug.traceback("x", p)': "1 x\nstack traceback:",
  },
  {
    's:gsub(".", "x", p)': "2 abcdef",
    "s:rep(p)": "1 ",
    'table.concat(t, ",", 1, p)': "1 ",
    "unpack(t, 1, p)": "0 nil",
    "(pcall(select, p, 1, 2))": "1 false",
  },
);
