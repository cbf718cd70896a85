import { beforeAll, describe, expect, it } from "vitest";
import { type TestVm, testVm } from "../../testing/test-vm.ts";

describe("global io", () => {
  let t: TestVm;
  beforeAll(async () => {
    t = await testVm({
      "/runtime/a.txt": "l1\nl2\n3 4.5 x",
      "/runtime/crlf.txt": "a\r\nb",
      "/runtime/numbers.txt": " 0x1F -12 +3.5e2 .5 7. 1e 99 abc",
    });
  });
  const err = (code: string) => t.first(`return select(2, pcall(function() ${code} end))`);

  it("reads by every format", async () => {
    expect(await t.run('local f = io.open("a.txt") return f:read("*l", "*L", "*n", "n", 2, "*a", "a", "l")')).toEqual([
      "l1",
      "l2\n",
      3,
      4.5,
      " x",
      "",
      "",
      undefined,
    ]);
    expect(
      await t.run('local f = io.open("a.txt") f:read("a") return f:read("n"), f:read(0), f:read(5), f:read("L")'),
    ).toEqual([undefined, undefined, undefined, undefined]);
    expect(await t.run('local f = io.open("a.txt") return f:read(0), f:read("x" and 1.9)')).toEqual(["", "l"]);
    expect(await t.run('local f = io.open("crlf.txt") return f:read("l"), f:read("l"), f:read("l")')).toEqual([
      "a\r",
      "b",
      undefined,
    ]);
    expect(await t.run('local f = io.open("a.txt") return f:read("n", "l")')).toEqual([undefined]);
    expect(await err('io.open("a.txt"):read("z")')).toBe("test:1: bad argument #1 to 'read' (invalid format)");
  });

  it("reads numbers as C Lua does", async () => {
    expect(await t.run('local f = io.open("numbers.txt") return f:read("n", "n", "n", "n", "n", "n")')).toEqual([
      31, -12, 350, 0.5, 7, 1,
    ]);
    // "1e" is consumed whole: an exponent without digits is passed over.
    expect(
      await t.run('local f = io.open("numbers.txt") f:read("n", "n", "n", "n", "n", "n") return f:read("n", "a")'),
    ).toEqual([99, " abc"]);
  });

  it("reads what C's scanf takes for a number", async () => {
    const code = `local out = {}
      for _, text in ipairs({ "nan", "-inf", "Infinity x", "0x1p3", "1e+ 2", "nope", "in" }) do
        local f = io.tmpfile() f:write(text) f:seek("set")
        out[#out + 1] = tostring(f:read("*n")) .. "|" .. f:read("*a")
      end
      return table.concat(out, " ")`;
    expect(await t.run(code)).toEqual(["nan| -inf| inf| x 8| 1| 2 nil|nope nil|in"]);
  });

  it("reads across blocks", async () => {
    const line = "x".repeat(100_000);
    t.vfs.writeFile("/runtime/long.txt", new TextEncoder().encode(`${line}\nshort\n${line}`));
    const code = `
      local out = {}
      for l in io.lines("long.txt") do out[#out + 1] = #l end
      local f = io.open("long.txt")
      local n = #f:read(70000)
      return out, n, #f:read("a"), f:seek()`;
    expect(await t.run(code)).toEqual([[100_000, 5, 100_000], 70_000, 200_007 - 70_000, 200_007]);
  });

  it("writes reach the file at once, and chain", async () => {
    const code = `
      local f = io.open("w.txt", "w")
      local same = f:write("a", 1, 2.5, "\\n") == f
      local seen = vulcan.fs.read("w.txt")
      f:seek("set", 1)
      f:write("Z")
      f:seek("end")
      f:write("!")
      local at = f:seek()
      f:close()
      return same, seen, at, vulcan.fs.read("w.txt")`;
    expect(await t.run(code)).toEqual([true, "a12.5\n", 7, "aZ2.5\n!"]);
    const update = `
      local f = io.open("u.txt", "w+") f:write("hello") f:seek("set") local all = f:read("a") f:write(" world") f:close()
      local a = io.open("u.txt", "ab+") a:seek("set") a:write("!") a:seek("set", 0) local text = a:read("a") a:close()
      local r = io.open("u.txt", "r+b") r:write("J") r:close()
      return all, text, vulcan.fs.read("u.txt")`;
    expect(await t.run(update)).toEqual(["hello", "hello world!", "Jello world!"]);
    expect(
      await t.run(
        'io.open("gap.txt", "w"):seek("set", 3) local f = io.open("gap.txt", "r+") f:seek("set", 3) f:write("x") f:close() return vulcan.fs.read("gap.txt") == "\\0\\0\\0x"',
      ),
    ).toEqual([true]);
  });

  it("fails with nil, text and number", async () => {
    expect(await t.run('return io.open("none.txt")')).toEqual([undefined, "none.txt: No such file or directory", 2]);
    expect(await t.run('return io.open("none/x", "w")')).toEqual([undefined, "none/x: No such file or directory", 2]);
    expect(await t.run('return io.open("temp", "w")')).toEqual([undefined, "temp: Is a directory", 21]);
    expect(await t.run('return io.open("a.txt/b")')).toEqual([undefined, "a.txt/b: Not a directory", 20]);
    expect(await t.run('return io.open("a.txt", "q")')).toEqual([undefined, "a.txt: Invalid argument", 22]);
    expect(await t.run('return io.open("a.txt"):write("x")')).toEqual([undefined, "Bad file descriptor", 9]);
    expect(await t.run('return io.open("b.txt", "w"):read()')).toEqual([undefined, "Bad file descriptor", 9]);
    expect(await t.run('return io.open("a.txt"):seek("set", -1)')).toEqual([undefined, "Invalid argument", 22]);
    // A directory opens for reading, as on POSIX; skills test for directories that way.
    expect(await t.run('local d = io.open("temp") return type(d), d:read("a")')).toEqual([
      "userdata",
      undefined,
      "Is a directory",
      21,
    ]);
    expect(await err("io.open()")).toBe("test:1: bad argument #1 to 'open' (string expected, got no value)");
    expect(await err('local f = io.open("a.txt") f:close() f:read()')).toBe("test:1: attempt to use a closed file");
    expect(await err('io.open("b.txt", "w"):write({})')).toMatch(
      /bad argument #1 to 'write' \(string expected, got table\)/,
    );
    expect(await err('for _ in io.lines("none.txt") do end')).toBe(
      "test:1: bad argument #1 to 'lines' (none.txt: No such file or directory)",
    );
    expect(await err('io.input("none.txt")')).toBe(
      "test:1: bad argument #1 to 'input' (none.txt: No such file or directory)",
    );
    expect(await t.run('return io.open("a.txt"):close()')).toEqual([true]);
    expect(await t.run('return io.popen("ls")')).toEqual([
      undefined,
      "process execution is not supported on this platform",
    ]);
  });

  it("lines closes what it opened", async () => {
    const code = `
      local out = {}
      for a, b in io.lines("a.txt", 1, "l") do out[#out + 1] = a .. "|" .. tostring(b) end
      local f = io.open("a.txt")
      for l in f:lines("L") do out[#out + 1] = l end
      return out, io.type(f)`;
    expect(await t.run(code)).toEqual([["l|1", "l|2", "3| 4.5 x", "l1\n", "l2\n", "3 4.5 x"], "file"]);
  });

  it("default streams", async () => {
    const code = `
      io.output("o.txt") io.write("x", 1) io.close()
      io.output(io.stdout)
      io.input("o.txt")
      return io.read("a"), io.type(io.input()), io.type(io.stdout), io.type(5)`;
    expect(await t.run(code)).toEqual(["x1", "file", "file", undefined]);
    t.log.length = 0;
    expect(
      await t.run(
        'io.input(io.stdin) io.write("to log") io.stderr:write("oops") return io.read(), io.read("a"), io.lines()()',
      ),
    ).toEqual([undefined, "", undefined]);
    expect(t.log).toEqual(["[LuaSkill:stdout] to log", "[LuaSkill:stderr] oops"]);
    expect(await t.run("return io.stdout:close()")).toEqual([undefined, "cannot close standard file"]);
    expect(await t.run('return tostring(io.stdout):match("^file %(0x"), io.stdout:setvbuf("no"), io.flush()')).toEqual([
      "file (0x",
      true,
      true,
    ]);
  });

  it("a temporary file is gone when closed; collected handles are released", async () => {
    expect(
      await t.run(
        'local f = io.tmpfile() f:write("abc") f:seek("set") return f:read("a"), #vulcan.fs.list("temp"), f:close(), #vulcan.fs.list("temp")',
      ),
    ).toEqual(["abc", 1, true, 0]);
    const leak = `
      for i = 1, 10000 do
        local f, message = io.open("a.txt")
        if not f then return message end
        if i % 500 == 0 then collectgarbage() end
      end
      return "all opened"`;
    expect(await t.first(leak)).toBe("all opened");
  });

  it("reads a whole file in pieces that know where it ends, also while it grows", async () => {
    const size = 2 * 2 ** 20 + 5;
    t.vfs.writeFile("/runtime/big.txt", new TextEncoder().encode("x".repeat(size)));
    t.vfs.writeFile("/runtime/even.txt", new TextEncoder().encode("y".repeat(2 ** 20)));
    const code = `
      local f = io.open("big.txt")
      local whole, at, rest = #f:read("a"), f:seek(), f:read("a")
      f:seek("set", 10)
      local line = #f:read(100)
      local even = io.open("even.txt"):read("a")
      local w, r = io.open("g.txt", "w"), io.open("g.txt")
      w:write("one\\ntwo")
      local first = r:read("l")
      w:write(" three")
      return whole, at, rest, line, #f:read("a"), #even, first, r:read("a"), r:read("a", "l")`;
    expect(await t.run(code)).toEqual([size, size, "", 100, size - 110, 2 ** 20, "one", "two three", "", undefined]);
  });

  it("a system error ends a read of several formats and is forgotten by the next", async () => {
    const code = `
      local d = io.open("temp")
      local several = table.pack(d:read("l", "a"))
      local none = table.pack(d:read(0))
      local ok, message = pcall(function() for _ in d:lines() do end end)
      return several.n, several[2], several[3], none.n, none[2], ok, message`;
    expect(await t.run(code)).toEqual([3, "Is a directory", 21, 3, "Is a directory", false, "test:5: Is a directory"]);
  });

  it("two handles see each other", async () => {
    const code = `
      local w, r = io.open("s.txt", "w"), io.open("s.txt")
      local before = r:read("a")
      w:write("later")
      return before, r:read("a")`;
    expect(await t.run(code)).toEqual(["", "later"]);
  });
});
