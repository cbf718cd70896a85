import { beforeAll, describe, expect, it } from "vitest";
import { type TestVm, testVm } from "../../testing/test-vm.ts";

describe("global os", () => {
  let t: TestVm;
  beforeAll(async () => {
    t = await testVm({ "/runtime/a.txt": "x", "/runtime/full/y": "1" });
  });

  it("dates in UTC", async () => {
    expect(
      await t.run(
        'return os.time(), os.date("!%Y-%m-%dT%H:%M:%SZ"), os.date("!%c", 0), os.date("!%x %X %p %j", 86399), os.date("!%%%d", 0)',
      ),
    ).toEqual([1_700_000_000, "2023-11-14T22:13:20Z", "Thu Jan  1 00:00:00 1970", "01/01/70 23:59:59 PM 001", "%01"]);
    expect(await t.first('return os.date("!*t", 86400)')).toEqual({
      year: 1970,
      month: 1,
      day: 2,
      hour: 0,
      min: 0,
      sec: 0,
      wday: 6,
      yday: 2,
      isdst: false,
    });
    expect(
      await t.run(
        'return os.date("!%G-W%V-%u", 1609459200), os.date("!%U %W", 1609459200), os.date("!%Q é %1", 0), os.date("!%Y", 1.9)',
      ),
    ).toEqual(["2020-W53-5", "00 00", "%Q é %1", "1970"]);
  });

  it("time is the inverse of date, and carries over", async () => {
    for (const seconds of [0, 951_782_400, 1_700_000_000, 1_720_000_000]) {
      expect(await t.run(`return os.time(os.date("*t", ${seconds}))`)).toEqual([seconds]);
    }
    expect(
      await t.run(
        "return os.time({ year = 2024, month = 14, day = 1, hour = 0 }) == os.time({ year = 2025, month = 2, day = 1, hour = 0 })",
      ),
    ).toEqual([true]);
    expect(
      await t.run(
        'return os.time({ year = "2024", month = 1, day = 2, hour = 12.0 }) - os.time({ year = 2024, month = 1, day = 2 })',
      ),
    ).toEqual([0]);
    expect(await t.first("return select(2, pcall(os.time, { year = 2024 }))")).toMatch(
      /field 'day' missing in date table/,
    );
    expect(await t.first("return select(2, pcall(os.time, 5))")).toMatch(
      /bad argument #1 to 'time' \(table expected, got number\)/,
    );
    expect(await t.run("return os.difftime(10, 4), math.type(os.clock()), os.clock() >= 0")).toEqual([
      6,
      "float",
      true,
    ]);
  });

  it("files", async () => {
    expect(await t.run('return os.rename("a.txt", "b.txt"), os.remove("b.txt"), vulcan.fs.exists("b.txt")')).toEqual([
      true,
      true,
      false,
    ]);
    expect(await t.run('return os.remove("a.txt")')).toEqual([undefined, "a.txt: No such file or directory", 2]);
    expect(await t.run('return os.rename("none", "x")')).toEqual([undefined, "none: No such file or directory", 2]);
    expect(await t.run('return os.remove("full")')).toEqual([undefined, "full: Directory not empty", 39]);
    expect(
      await t.run("local n = os.tmpname() return n:match('^/runtime/temp/'), vulcan.fs.exists(n), os.remove(n)"),
    ).toEqual(["/runtime/temp/", true, true]);
  });

  it("has nothing of the machine", async () => {
    expect(
      await t.run('return os.getenv("HOME_VALUE"), os.getenv("PATH"), os.getenv("__proto__"), os.getenv("toString")'),
    ).toEqual(["from host é", undefined, undefined, undefined]);
    expect(await t.run('return os.execute(), os.execute("ls")')).toEqual([false, undefined, "exit", 1]);
    expect(await t.first("return select(2, pcall(os.exit, 1))")).toMatch(/^os.exit is not available/);
    expect(
      await t.run('return os.setlocale(), os.setlocale("C"), os.setlocale("de_DE"), os.setlocale("", "all")'),
    ).toEqual(["C", "C", undefined, "C"]);
  });
});

describe("dofile, loadfile, require", () => {
  let t: TestVm;
  beforeAll(async () => {
    t = await testVm({
      "/runtime/chunk.lua":
        "#!/usr/bin/lua\nlocal a = ... return a, debug.getinfo(1, 'S').source, debug.getinfo(1, 'l').currentline",
      "/runtime/bom.lua": "\ufeffreturn value",
      "/runtime/broken.lua": "return +",
      "/runtime/raises.lua": "error('inside')",
      "/runtime/bytecode.lua": Uint8Array.of(0x1b, 0x4c, 0x75, 0x61, 0x54),
      "/runtime/mods/plain.lua": "count = (count or 0) + 1",
      "/runtime/mods/named.lua": "return { args = { ... } }",
      "/runtime/mods/pkg/init.lua": "return 'package'",
      "/runtime/mods/loop.lua": "return require('loop')",
      "/runtime/mods/flaky.lua": "tries = (tries or 0) + 1 if tries == 1 then error('first') end return tries",
      "/runtime/mods/syntax.lua": "return +",
      "/runtime/lua_packages/share/lua/installed.lua": "return 'installed'",
    });
    await t.run('package.path = "/runtime/mods/?.lua;/runtime/mods/?/init.lua;" .. package.path');
  });
  const err = (code: string) => t.first(`return select(2, pcall(function() ${code} end))`);

  it("loadfile", async () => {
    expect(await t.run('return loadfile("chunk.lua")(7)')).toEqual([7, "@chunk.lua", 2]);
    expect(
      await t.run(
        'return loadfile("bom.lua", "t", { value = 5 })(), loadfile("/runtime/bom.lua", "bt", { value = 6 })()',
      ),
    ).toEqual([5, 6]);
    expect(await t.run('return loadfile("none.lua")')).toEqual([
      undefined,
      "cannot open none.lua: No such file or directory",
    ]);
    expect(await t.run('return loadfile("mods")')).toEqual([undefined, "cannot read mods: Is a directory"]);
    expect((await t.run('return loadfile("broken.lua")'))[1]).toMatch(/^broken.lua:1: unexpected symbol/);
    expect((await t.run('return loadfile("bytecode.lua")'))[1]).toMatch(/attempt to load a binary chunk/);
    expect((await t.run('return loadfile("bytecode.lua", "b")'))[0]).toBeUndefined();
    expect((await t.run('return loadfile("bom.lua", "b")'))[1]).toMatch(/attempt to load a text chunk \(mode is 'b'\)/);
    expect(await err("loadfile({})")).toBe("test:1: bad argument #1 to 'loadfile' (string expected, got table)");
  });

  it("dofile", async () => {
    expect(await t.run('return dofile("chunk.lua")')).toEqual([undefined, "@chunk.lua", 2]);
    expect(await err('dofile("none.lua")')).toBe("cannot open none.lua: No such file or directory");
    expect(await err('dofile("raises.lua")')).toBe("raises.lua:1: inside");
  });

  it("require finds, caches and names what it tried", async () => {
    expect(await t.run('return require("plain"), require("plain"), count')).toEqual([true, true, 1]);
    expect(await t.run('local m = require("named") return m.args, require("pkg"), require("installed")')).toEqual([
      ["named"],
      "package",
      "installed",
    ]);
    expect(await t.run('return select("#", require("named"))')).toEqual([1]);
    expect(await err('require("no.such")')).toBe(
      "test:1: module 'no.such' not found:\n\tno field package.preload['no.such']\n\tno file '/runtime/mods/no/such.lua'" +
        "\n\tno file '/runtime/mods/no/such/init.lua'\n\tno file '/runtime/lua_packages/share/lua/no/such.lua'" +
        "\n\tno file '/runtime/lua_packages/share/lua/no/such/init.lua'\n\tno file '/runtime/lua_packages/no/such.lua'" +
        "\n\tno file './no/such.lua'\n\tno file './no/such/init.lua'" +
        "\n\tno native module: this runtime is a sandbox and has no C modules",
    );
    expect(await err('require("loop")')).toMatch(/loop or previous error loading module 'loop'/);
    expect(await err('require("syntax")')).toMatch(
      /^error loading module 'syntax' from file '\/runtime\/mods\/syntax.lua':\n\t/,
    );
    expect(await err('require("flaky")')).toMatch(/flaky.lua:1: first/);
    expect(await t.first('return require("flaky")')).toBe(2);
    expect(await err("require()")).toBe("test:1: bad argument #1 to 'require' (string expected, got no value)");
  });

  it("a module may see the globals", async () => {
    const code = 'module("audit.seeall", package.seeall) function answer() return type(print) end';
    expect(await t.run(`load([[${code}]])() return audit.seeall.answer(), audit.seeall.print == print`)).toEqual([
      "function",
      true,
    ]);
  });

  it("package", async () => {
    expect(await t.run('return package.searchpath("pkg", "/none/?.lua;/runtime/mods/?/init.lua")')).toEqual([
      "/runtime/mods/pkg/init.lua",
    ]);
    expect(await t.run('return package.searchpath("a.b", "x/?.lua;?", ".", "-")')).toEqual([
      undefined,
      "\n\tno file 'x/a-b.lua'\n\tno file 'a-b'",
    ]);
    expect(
      await t.run(
        "return package.loaders == package.searchers, package.config, #package.searchers, (package.loadlib('x', 'y'))",
      ),
    ).toEqual([true, "/\n;\n?\n!\n-\n", 4, undefined]);
    expect(await t.run("return package.cpath")).toEqual([
      "/runtime/lua_packages/lib/lua/?.so;/runtime/lua_packages/lib/lua/?/init.so;/runtime/lua_packages/lib/lua/loadall.so;/runtime/lua_packages/?.so;./?.so",
    ]);
    expect(
      await t.run(
        'return require("string") == string, require("io") == io, require("os") == os, require("bit") == bit, require("jit") == jit, require("_G") == _G',
      ),
    ).toEqual([true, true, true, true, true, true]);
    expect(
      await t.run(
        'package.loaders = { function() return function() return "own" end end } local m = require("anything") package.loaders = package.searchers return m',
      ),
    ).toEqual(["own"]);
  });
});

describe("lfs", () => {
  it("covers what skills use", async () => {
    const t = await testVm({ "/runtime/data/a.txt": "12345" });
    const code = `
      local lfs = require("lfs")
      local names = {}
      for n in lfs.dir("data") do names[#names + 1] = n end
      local it, dir = lfs.dir("data") it(dir) dir:close()
      return lfs.mkdir("data/made"), lfs.rmdir("data/made"), names, lfs.attributes("data/a.txt", "size"),
        lfs.attributes("data", "mode"), lfs.attributes("data/a.txt").modification, lfs.attributes("data", {}).mode,
        lfs.symlinkattributes("data/a.txt", "mode"), lfs.currentdir()`;
    expect(await t.run(code)).toEqual([
      true,
      true,
      [".", "..", "a.txt"],
      5,
      "directory",
      1_700_000_000,
      "directory",
      "file",
      "/runtime",
    ]);
    expect(await t.run('return require("lfs").mkdir("data")')).toEqual([undefined, "File exists", 17]);
    expect(await t.run('return require("lfs").mkdir("no/parent")')).toEqual([
      undefined,
      "No such file or directory",
      2,
    ]);
    expect(await t.run('return require("lfs").rmdir("data/a.txt")')).toEqual([undefined, "Not a directory", 20]);
    expect(await t.run('return require("lfs").attributes("none")')).toEqual([
      undefined,
      "cannot obtain information from file 'none': No such file or directory",
      2,
    ]);
    expect(await t.run('return pcall(require("lfs").dir, "none")')).toEqual([
      false,
      "cannot open 'none': No such file or directory",
    ]);
  });

  it("touches and locks, and says what it cannot do", async () => {
    const t = await testVm({ "/runtime/data/a.txt": "12345" });
    const code = `
      local lfs = require("lfs")
      local lock = lfs.lock_dir("data")
      local second, taken = lfs.lock_dir("data")
      local again = lock:free() and lfs.lock_dir("data")
      again:free()
      local before = lfs.attributes("data/a.txt")
      local none, about = lfs.touch("data/a.txt", 1000)
      local missing = { lfs.touch("none") }
      return second, taken, lfs.touch("data/a.txt"), lfs.attributes("data/a.txt", "size"), none, about, missing[3],
        select("#", lfs.setmode(io.stdout, "text")), (lfs.link("a", "b")), lfs.lock(io.stdout, "w"), (pcall(lfs.setmode, io.stdout, "octal"))`;
    expect(await t.run(code)).toEqual([
      undefined,
      "File exists",
      true,
      5,
      undefined,
      "times cannot be chosen here: touch without them sets both to now",
      2,
      2,
      undefined,
      true,
      false,
    ]);
  });
});
