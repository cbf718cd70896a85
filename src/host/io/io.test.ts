import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ProcessCommand, ProcessProvider } from "../../process/interface.ts";
import { noProcesses } from "../../process/none.ts";
import { type TestVm, testVm } from "../../testing/test-vm.ts";
import { ioPrelude } from "./io.ts";

const text = (t: TestVm, path: string) => new TextDecoder().decode(t.vfs.readFile(path));

describe("vulcan.io", () => {
  let t: TestVm;
  beforeAll(async () => {
    t = await testVm({
      "/runtime/lines.txt": "one\r\ntwo\n\nlast\r",
      "/runtime/digits.txt": "0123456789",
      "/runtime/gbk.txt": Uint8Array.of(0xd6, 0xd0, 0x0a, 0xce, 0xc4),
      "/runtime/bad.txt": Uint8Array.of(0x61, 0xff, 0x0a, 0x62),
    });
  });
  const err = (code: string) => t.first(`return select(2, pcall(function() ${code} end))`);

  it("lines lose LF and one CR, also the last", async () => {
    expect(
      await t.run(
        'local f = vulcan.io.open("lines.txt") return f:read(), f:read("l"), f:read("*l"), f:read(), f:read()',
      ),
    ).toEqual(["one", "two", "", "last", undefined]);
    expect(await t.run('local f = vulcan.io.open("lines.txt", "rb") return f:read("*l", 2, "*a", nil, 0)')).toEqual([
      "one",
      "tw",
      "o\n\nlast\r",
      undefined,
      "",
    ]);
    expect(await t.first('local n = 0 for l in vulcan.io.lines("lines.txt") do n = n + #l end return n')).toBe(10);
  });

  it("text mode decodes each piece on its own", async () => {
    expect(
      await t.run('local f = vulcan.io.open("gbk.txt", "r", "gbk") return f:read(), f:read(2), f:read(1)'),
    ).toEqual(["中", "文", undefined]);
    expect(await t.run('local f = vulcan.io.open("bad.txt") return f:read(), f:read()')).toEqual(["a\ufffd", "b"]);
    expect(await t.first('return vulcan.io.open("bad.txt", "rb"):read(2) == "a\\255"')).toBe(true);
    expect(await t.run('local f = vulcan.io.open("bad.txt", "r", "base64") return f:read(), f:read("*a")')).toEqual([
      "Yf8=",
      "Yg==",
    ]);
    expect(
      await t.first(
        'local out = {} for l in vulcan.io.lines("gbk.txt", { encoding = { encoding = "GB18030" } }) do out[#out + 1] = l end return out',
      ),
    ).toEqual(["中", "文"]);
  });

  it("w touches nothing before flush or close", async () => {
    expect(
      await t.run(
        'f = vulcan.io.open("w.txt", "w") return f:write("a", 1, 2.5, true, 1e15, -0.0), vulcan.fs.exists("w.txt")',
      ),
    ).toEqual([true, false]);
    expect(
      await t.run(
        'return f:flush(), vulcan.fs.read("w.txt"), f:write("!"), f:close(), f:close(), vulcan.fs.read("w.txt")',
      ),
    ).toEqual([true, "a12.5true1000000000000000-0", true, true, true, "a12.5true1000000000000000-0!"]);
  });

  it("numbers are written in full, never with an exponent", async () => {
    await t.run(
      'local f = vulcan.io.open("n.txt", "w") f:write(1/3, " ", 1e300, " ", 1e-7, " ", 0/0, " ", 1/0, " ", 9007199254740992) f:close()',
    );
    expect(text(t, "/runtime/n.txt")).toBe(
      `0.3333333333333333 1${"0".repeat(300)} 0.0000001 NaN inf 9007199254740992`.replace(
        / 1(0+) /,
        ` ${BigInt(1e300)} `,
      ),
    );
  });

  it("append and update modes", async () => {
    const code = `
      local f = vulcan.io.open("app.txt", "a") f:write("b") f:flush() f:flush() f:write("c") f:close()
      local g = vulcan.io.open("app.txt", "a+")
      local start = g:seek()
      local all = g:read("*a")
      g:seek("set", 0) g:write("d")
      local at = g:seek()
      g:close()
      local n = vulcan.io.open("missing.txt", "a+") local none = n:read("*a") n:close()
      return start, all, at, vulcan.fs.read("app.txt"), none, vulcan.fs.exists("missing.txt")`;
    expect(await t.run(code)).toEqual([0, "bc", 3, "bcd", "", true]);
    const update = `
      local f = vulcan.io.open("digits.txt", "r+")
      local r = { f:read(2) } f:write("AB") r[2] = f:read(2) r[3] = f:seek("end", -1) f:write("XYZ")
      r[4] = f:seek("set") r[5] = f:read("*a") f:close() return r`;
    expect(await t.first(update)).toEqual(["01", "45", 9, 0, "01AB45678XYZ"]);
    expect(text(t, "/runtime/digits.txt")).toBe("01AB45678XYZ");
  });

  it("many small writes at the end do not copy the buffer each time", async () => {
    const code = `
      local f = vulcan.io.open("many.txt", "w+")
      for i = 1, 100000 do f:write("0123456789") end
      local n = f:seek("end")
      f:close()
      return n`;
    const started = performance.now();
    expect(await t.first(code)).toBe(1_000_000);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it("says what a handle cannot do", async () => {
    expect(await err('vulcan.io.open("lines.txt"):write("x")')).toBe("file:write: file is not opened for writing");
    expect(await err('vulcan.io.open("x", "w"):read()')).toBe("file:read: file is not opened for reading");
    expect(await err('local f = vulcan.io.open("lines.txt") f:close() f:read()')).toBe(
      "file:read: file is already closed",
    );
    expect(await err('local f = vulcan.io.open("lines.txt") f:close() f:seek()')).toBe(
      "file:seek: file is already closed",
    );
    expect(await err('local f = vulcan.io.open("x", "w") f:close() f:write("")')).toBe(
      "file:write: file is already closed",
    );
    expect(await err('local f = vulcan.io.open("x", "w") f:close() f:flush()')).toBe(
      "file:flush: file is already closed",
    );
    expect(await err('vulcan.io.open("no/dir/x", "w"):close()')).toBe(
      "file:flush: No such file or directory (os error 2): /runtime/no/dir/x",
    );
    expect(await err('vulcan.io.open("lines.txt"):read("*x")')).toBe("file:read unsupported format `*x`");
    expect(await err('vulcan.io.open("lines.txt"):read("\\255")')).toBe("file:read format must be valid UTF-8");
    expect(await err('vulcan.io.open("lines.txt"):read(-1)')).toBe("file:read unsupported format argument number");
    expect(await err('vulcan.io.open("lines.txt"):read(1.5)')).toBe("file:read unsupported format argument number");
    expect(await err('vulcan.io.open("lines.txt"):seek("set", -1)')).toBe("file:seek offset before start");
    expect(await err('vulcan.io.open("lines.txt"):seek("end", math.maxinteger)')).toBe("file:seek offset overflow");
    expect(await err('vulcan.io.open("lines.txt"):seek("begin")')).toBe("file:seek unsupported whence `begin`");
    expect(await err('vulcan.io.open("g", "w", "gbk"):write("😀")')).toBe(
      "file:write: gbk encode failed without replacement",
    );
    expect(await err('vulcan.io.open("g", "w", "base64"):write("?")')).toMatch(/^file:write: base64 decode failed: /);
    expect(await err("local f = vulcan.io.open('lines.txt') f.read()")).toMatch(/expected a file, got nil/);
  });

  it("checks options", async () => {
    expect(await err('vulcan.io.open("lines.txt", "r", "\\255")')).toBe("vulcan.io.open: encoding must be UTF-8");
    expect(await err('vulcan.io.open("lines.txt", "r", 5)')).toBe(
      "vulcan.io.open: options must be nil, string, or table, got number",
    );
    expect(await err("local loop = {} loop.encoding = loop vulcan.io.read_text('lines.txt', loop)")).toBe(
      "vulcan.io.read_text: options must be nil, string, or table, got table",
    );
    expect(await err('vulcan.io.read_text("none")')).toBe(
      "read_text: No such file or directory (os error 2): /runtime/none",
    );
    expect(await err('vulcan.io.lines("none")')).toBe(
      "vulcan.io.open: No such file or directory (os error 2): /runtime/none",
    );
    expect(await err('vulcan.io.write_text("no/x", "y")')).toBe(
      "vulcan.io.write_text: No such file or directory (os error 2): /runtime/no/x",
    );
  });

  it("a temporary file is gone when closed", async () => {
    expect(
      await t.run(
        'f = vulcan.io.tmpfile() return f:write("abc"), f:flush(), #vulcan.fs.list("temp"), f:seek("set"), f:read("*a")',
      ),
    ).toEqual([true, true, 1, 0, "abc"]);
    expect(await t.run('return f:close(), #vulcan.fs.list("temp"), f:close()')).toEqual([true, 0, true]);
  });

  it("handles are userdata nobody can take apart", async () => {
    expect(
      await t.run(
        'local f = vulcan.io.open("lines.txt") return type(f), type(getmetatable(f)), tostring(f):match("^file")',
      ),
    ).toEqual(["userdata", "string", "file"]);
    expect(
      await t.first(
        'do local f <close> = vulcan.io.open("closed.txt", "w") f:write("x") end return vulcan.fs.read("closed.txt")',
      ),
    ).toBe("x");
  });

  it("refuses an unknown default encoding when the VM is made", () => {
    expect(() => ioPrelude({ ...t.services, defaultTextEncoding: "utf-16" })).toThrow(
      "unsupported text encoding `utf-16`",
    );
  });

  it("popen without processes validates, then says so", async () => {
    expect(await err('vulcan.io.popen("ls")')).toBe(
      "vulcan.io.popen: process execution is not supported on this platform",
    );
    expect(await err('vulcan.io.popen("ls", { timeout_ms = -1 })')).toBe(
      "vulcan.io.popen: timeout_ms must be a positive number, got number",
    );
  });
});

describe("popen with a process provider", () => {
  const commands: ProcessCommand[] = [];
  const provider: ProcessProvider = {
    ...noProcesses,
    kind: "shell",
    run: async (command) => {
      commands.push(command);
      const line = command.run.kind === "shell" ? command.run.command : "";
      return {
        kind: "finished",
        code: line === "false" ? 1 : 0,
        stdout: new TextEncoder().encode("out1\nout2\n"),
        stderr: new Uint8Array(0),
        timedOut: line === "sleep",
      };
    },
  };

  it("reads captured output; close tells success", async () => {
    const t = await testVm({}, { process: provider });
    expect(
      await t.run('local p = vulcan.io.popen("echo") return p:read(), p:read("*a"), p:close(), p:close()'),
    ).toEqual(["out1", "out2\n", true, true]);
    expect(await t.run('local p = vulcan.io.popen("false", { timeout_ms = 5 }) return p:close(), p:close()')).toEqual([
      false,
      true,
    ]);
    expect(await t.first('return select(2, pcall(vulcan.io.popen, "sleep", "r", { timeout_ms = 20 }))')).toBe(
      "vulcan.io.popen timed out after 20 ms",
    );
    expect(commands[0]).toEqual({
      run: { kind: "shell", command: "echo" },
      cwd: "/runtime",
      env: { HOME_VALUE: "from host é" },
      timeoutMs: 60_000,
    });
    expect(await t.run('local p = io.popen("false") local all = p:read("*a") return all, p:close()')).toEqual([
      "out1\nout2\n",
      undefined,
      "exit",
      1,
    ]);
  });
});

describe("the managed global io", () => {
  let t: TestVm;
  beforeEach(async () => {
    t = await testVm({ "/runtime/in.txt": "first\nsecond" });
    await t.run("standard = io; test_exports.install_managed_io()");
  });

  it("replaces io in all three places", async () => {
    expect(
      await t.run(
        'return io ~= standard, package.loaded.io == io, package.preload.io() == io, require("io") == io, io.open == vulcan.io.open, io.stdout == nil',
      ),
    ).toEqual([true, true, true, true, true, true]);
  });

  it("default streams", async () => {
    expect(
      await t.run('return io.input(), io.type(io.input("in.txt")), io.read(), io.read("*a"), io.input() == io.input()'),
    ).toEqual([undefined, "file", "first", "second", true]);
    expect(
      await t.run(
        'io.output("out.txt") return io.write("a", 1), io.flush(), vulcan.fs.read("out.txt"), io.close(), io.output(), io.close(), io.flush()',
      ),
    ).toEqual([true, true, "a1", true, undefined, true, true]);
    expect(
      await t.run('local h = vulcan.io.open("in.txt") return io.input(h) == h, io.read("*l"), io.close(h), io.type(h)'),
    ).toEqual([true, "first", true, "closed file"]);
    expect(t.log).toEqual([]);
  });

  it("output without a file is logged", async () => {
    expect(await t.run('return io.write("a", 1.0, true, nil, "b\\n")')).toEqual([true]);
    expect(t.log).toEqual(["[LuaSkill:stdout] a1truenilb\n"]);
  });

  it("refuses what it cannot use", async () => {
    const err = (code: string) => t.first(`return select(2, pcall(function() ${code} end))`);
    expect(await err("io.read()")).toBe("io.read has no managed input; call io.input(path_or_file) first");
    expect(await err("io.input({})")).toBe("io.input expected path string or managed file, got table");
    expect(await err("io.output(5)")).toBe("io.output expected path string or managed file, got number");
    expect(await err("io.close(5)")).toBe("io.close expected managed file, got number");
    expect(await err('io.input("  ")')).toBe("io.input: file must not be empty");
    expect(await t.run("return io.type(5), io.type(nil), io.type(standard.stdout)")).toEqual(["nil", "nil", "nil"]);
  });

  it("stays away where the capability is off", async () => {
    const off = await testVm({}, { capabilities: { skillManagementBridge: false, managedIoCompat: false } });
    expect(
      await off.run("local before = io test_exports.install_managed_io() return io == before, package.preload.io"),
    ).toEqual([true, undefined]);
  });
});
