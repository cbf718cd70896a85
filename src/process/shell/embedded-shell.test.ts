import { describe, expect, it } from "vitest";
import { VfsError } from "../../vfs/interface.ts";
import { MemoryTree } from "../../vfs/memory-tree.ts";
import type { ProcessCommand } from "../interface.ts";
import { EmbeddedShell } from "./embedded-shell.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const shellParts = { machine: { os: "linux", arch: "wasm32" }, maxOutputBytes: 1_000_000, temp: undefined };

async function world(files: Record<string, string> = {}) {
  const vfs = new MemoryTree();
  vfs.mkdir("/work", { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    vfs.mkdir(path.slice(0, path.lastIndexOf("/")) || "/", { recursive: true });
    vfs.writeFile(path, new TextEncoder().encode(content));
  }
  const shell = await EmbeddedShell.load(shellParts);
  const context = { signal: new AbortController().signal, files: vfs, skillId: undefined };
  const run = (run: ProcessCommand["run"], more: Partial<ProcessCommand> = {}) =>
    shell.run({ run, cwd: "/work", env: {}, ...more }, context);
  const sh = async (command: string, more: Partial<ProcessCommand> = {}) => {
    const outcome = await run({ kind: "shell", command }, more);
    if (outcome.kind === "failed") throw new Error(outcome.reason);
    return { ...outcome, stdout: text(outcome.stdout), stderr: text(outcome.stderr) };
  };
  return { vfs, shell, context, run, sh, out: async (command: string) => (await sh(command)).stdout };
}

describe("the embedded shell", () => {
  it("reads and writes the files of the tree", async () => {
    const { vfs, out } = await world({ "/work/a.txt": "one\ntwo\n", "/work/deep/b.txt": "two\nthree\n" });
    expect(await out("rg -c two . | sort")).toBe("a.txt:1\ndeep/b.txt:1\n");
    expect(await out("grep -rn two . | wc -l; find . -name '*.txt' | sort")).toBe("2\n./a.txt\n./deep/b.txt\n");
    expect(await out("sort -r a.txt > c.txt; cat c.txt deep/b.txt | uniq | awk '{ print NR, $1 }' | sed -n 2p")).toBe(
      "2 one\n",
    );
    expect(text(vfs.readFile("/work/c.txt"))).toBe("two\none\n");
    expect(await out("echo '{\"a\":[1,2]}' | jq '.a[1]'; mkdir -p x/y; mv c.txt x/y; ls x/y; rm -r x; ls")).toBe(
      "2\nc.txt\na.txt\ndeep\n",
    );
  });

  it("keeps bytes as bytes", async () => {
    const { vfs, run } = await world();
    const outcome = await run({
      kind: "shell",
      command: "printf 'a\\377'; printf '\\326\\320' >&2; printf 'é\\xe9' > f",
    });
    expect(outcome).toMatchObject({ stdout: Uint8Array.of(0x61, 0xff), stderr: Uint8Array.of(0xd6, 0xd0) });
    expect([...vfs.readFile("/work/f")]).toEqual([0xc3, 0xa9, 0xe9]);
    const stdin = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(await run({ kind: "program", program: "cat", args: [] }, { stdin })).toMatchObject({ stdout: stdin });
  });

  it("says which file a redirection cannot write", async () => {
    const { vfs, sh } = await world({ "/work/kept.txt": "kept" });
    const writeFile = vfs.writeFile.bind(vfs);
    vfs.writeFile = (path, ...rest) => {
      if (path === "/work/kept.txt") throw new VfsError("EACCES", path, "write");
      writeFile(path, ...rest);
    };
    expect(await sh("echo one; echo two > kept.txt")).toMatchObject({
      code: 1,
      stdout: "one\n",
      stderr: "sh: /work/kept.txt: Permission denied\n",
    });
  });

  it("runs a program without a shell's parsing", async () => {
    const { run, sh } = await world({
      "/work/tool.sh": '#!/bin/sh\necho "$0 $1"\n',
      "/work/plain": "x",
      "/work/all.sh": '#!/bin/sh\necho "$#" "$@"\n',
    });
    const args = ["[%s]", "a b", "$HOME", "*", "it's; exit 9", ""];
    const outcome = await run({ kind: "program", program: "printf", args });
    expect(outcome.kind === "finished" && text(outcome.stdout)).toBe("[a b][$HOME][*][it's; exit 9][]");
    expect(await run({ kind: "program", program: "/work/tool.sh", args: ["x"] })).toMatchObject({ code: 0 });
    const many = Array.from({ length: 12 }, (_, i) => String(i));
    const all = await run({ kind: "program", program: "/work/all.sh", args: many });
    expect(all.kind === "finished" && text(all.stdout)).toBe(`12 ${many.join(" ")}\n`);
    expect(await run({ kind: "program", program: "nope", args: [] })).toEqual({
      kind: "failed",
      stage: "spawn",
      reason: "No such file or directory (os error 2)",
    });
    expect(await run({ kind: "program", program: "./plain", args: [] })).toMatchObject({
      reason: "Permission denied (os error 13)",
    });
    expect((await sh("./tool.sh hi && /usr/bin/printf x")).stdout).toBe("/work/tool.sh hi\nx");
  });

  it("ends with a code, with a signal, or by its time, and keeps what was written", async () => {
    const { sh } = await world();
    expect(await sh("echo a; echo b >&2; exit 3")).toMatchObject({ code: 3, stdout: "a\n", stderr: "b\n" });
    expect(await sh("printf before; kill -9 $$; echo never")).toMatchObject({
      code: null,
      stdout: "before",
      stderr: "",
    });
    const slept = await sh("printf out; printf err >&2; exec sleep 30", { timeoutMs: 50 });
    expect(slept).toMatchObject({ timedOut: true, stdout: "out", stderr: "err" });
    const looped = await sh("i=0; while ((1)); do ((i=i+1)); done", { timeoutMs: 50 });
    expect(looped).toMatchObject({ timedOut: true });
  });

  it.each([
    "echo a | sed ':a;ba'",
    "echo a | sed ':a;s/a/a/;ba'",
    "awk 'BEGIN { while (1); }'",
    "awk 'BEGIN { for (;;) i++ }'",
    "jq -n '[range(1e15)] | length'",
    "jq -n 'last(repeat(1))'",
  ])("ends a program that loops by itself: %s", async (command) => {
    const { sh } = await world();
    expect(await sh(`${command}; echo on`, { timeoutMs: 50 })).toMatchObject({ timedOut: true, stdout: "" });
  });

  it("ends a program that calls itself for ever by the stack there is", async () => {
    const { sh } = await world();
    const called = await sh("jq -n 'def f: f; f'; echo on", { timeoutMs: 30_000 });
    expect(called).toMatchObject({ timedOut: false, stdout: "on\n", stderr: expect.stringContaining("stack") });
  });

  it("lets others have their turn while it loops", async () => {
    const { sh } = await world();
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await sh("while ((1)); do ((i=i+1)); done", { timeoutMs: 300 });
    await sh("until false; do :; done", { timeoutMs: 300 });
    await sh("for ((;;)); do :; done", { timeoutMs: 300 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
    expect(
      await sh(
        "false; while [ $? -eq 1 ]; do echo once; break; done; set -e; for i in 1 2; do false || true; echo $i; done",
      ),
    ).toMatchObject({
      stdout: "once\n1\n2\n",
      code: 0,
    });
  });

  it("hears an abort in the middle", async () => {
    const { shell, context } = await world();
    const abort = new AbortController();
    const run = { kind: "shell", command: "while true; do :; done" } as const;
    const running = shell.run({ run, cwd: "/work", env: {} }, { ...context, signal: abort.signal });
    setTimeout(() => abort.abort(new Error("enough")), 20);
    await expect(running).rejects.toThrow("enough");
  });

  it("stops at its output limit", async () => {
    const { run } = await world({ "/work/big": "x".repeat(100_000) });
    expect(await run({ kind: "shell", command: "while true; do cat big; done" })).toEqual({
      kind: "failed",
      stage: "wait",
      reason: "more than 1000000 bytes of output (limits.processOutputBytes)",
    });
  });

  it("keeps output in order, and out of pipes and substitutions", async () => {
    const { sh, out, vfs } = await world();
    expect(
      await out("f() { echo in $1; }; f a; x=$(f b; echo c); echo [$x]; f d | wc -l; { f e; echo g; } | wc -l"),
    ).toBe("in a\n[in b c]\n1\n2\n");
    expect(
      await sh("echo a; nosuch; echo b >&2; echo c 2>&1; (echo d; exit 2); echo $?; ls /none | cat; if then"),
    ).toMatchObject({ code: 2 });
    expect(
      await sh('for i in 1 2; do echo $i; done > f; cat < f; while read x; do echo "<$x>"; done < f; echo z >&2 > g'),
    ).toMatchObject({
      stdout: "1\n2\n<1>\n<2>\n",
      stderr: "",
    });
    expect(text(vfs.readFile("/work/g"))).toBe("z\n");
    expect((await sh("echo a; nosuch; echo b >&2; ls /none | cat; exec echo last")).stderr).toBe(
      "bash: nosuch: command not found\nb\nls: /none: No such file or directory\n",
    );
    expect(
      await out(
        "bash -c 'echo inner' | tr a-z A-Z; eval 'echo evaled'; echo x | tee f; case a in a) echo case;; esac; ! false && echo not",
      ),
    ).toBe("INNER\nevaled\nx\ncase\nnot\n");
    expect(await out("exec > kept; echo hidden; exec echo more")).toBe("");
  });

  it("has a system that cannot be changed", async () => {
    const { sh, out, vfs } = await world();
    vfs.mkdir("/usr/bin", { recursive: true });
    vfs.writeFile("/usr/bin/cat", new TextEncoder().encode("#!/bin/sh\necho hijacked\n"));
    expect(await out("echo real > f; cat f; /usr/bin/cat f")).toBe("real\nreal\n");
    expect((await sh("cp f /bin/cat; rm /usr/bin/rg; touch /proc/x")).stderr).toMatch(/(?:read-only[^\n]*\n.*){3}/is);
    expect(await out("which rg; command -v jq; echo x > /dev/null; ls /dev/null; echo t > /tmp/t && cat /tmp/t")).toBe(
      "/usr/bin/rg\n/usr/bin/jq\n/dev/null\nt\n",
    );
    expect((await sh("curl http://localhost/")).code).toBe(127);
  });

  it("takes rg as scripts call the real one", async () => {
    const { out } = await world({
      "/work/a.lua": "foo\n",
      "/work/b.c++": "foo\n",
      "/work/sub/c.ts": "foo\n",
      "/work/d.txt": "foo\n",
    });
    expect(await out("rg -l --color=never --glob '*.lua' -g '*.c++' foo /work | sort")).toBe(
      "/work/a.lua\n/work/b.c++\n",
    );
    expect(await out("rg -l --pcre2 --color auto --threads 2 -g '*.{ts,lua}' foo /work | sort")).toBe(
      "/work/a.lua\n/work/sub/c.ts\n",
    );
    expect(await out("rg -l --glob='!*.lua' foo /work | sort")).toBe("/work/b.c++\n/work/d.txt\n/work/sub/c.ts\n");
  });

  it("answers rg as where no terminal is", async () => {
    const { out } = await world({ "/work/a.txt": "foo\nbar foo\n", "/work/sub/b.txt": "foo\n" });
    expect(await out("rg foo /work")).toBe("/work/a.txt:foo\n/work/a.txt:bar foo\n/work/sub/b.txt:foo\n");
    expect(await out("rg --no-heading -M 200 -n bar /work")).toBe("/work/a.txt:2:bar foo\n");
    expect(await out("rg -in BAR /work")).toBe("/work/a.txt:2:bar foo\n");
    expect(await out("rg -c foo /work/a.txt; rg --column bar /work")).toBe("2\n/work/a.txt:2:1:bar foo\n");
    expect(await out("rg --version")).toMatch(/^ripgrep \d+\.\d+/);
  });

  it("lists several names as ls does", async () => {
    const { out, sh } = await world({ "/work/b.txt": "b", "/work/a.txt": "a", "/work/sub/c.txt": "c" });
    expect(await out("ls b.txt a.txt")).toBe("a.txt\nb.txt\n");
    expect(await out("ls *.txt sub")).toBe("a.txt\nb.txt\n\nsub:\nc.txt\n");
    expect(await out("ls -d sub a.txt")).toBe("a.txt\nsub\n");
    expect(await out("ls /work sub")).toBe("/work:\na.txt\nb.txt\nsub\n\nsub:\nc.txt\n");
    expect(await sh("ls none a.txt")).toMatchObject({ code: 2, stderr: "ls: none: No such file or directory\n" });
  });

  it("gives the variables of env to what it starts", async () => {
    const { out } = await world();
    expect(await out("env A=1 'B=two words' sh -c 'echo $A-$B'; echo \"[$A]\"")).toBe("1-two words\n[]\n");
    expect(await out("export A=1; env -u A sh -c 'echo [$A]'; env -i C=3 sh -c 'echo [$A$C]'; echo $A")).toBe(
      "[]\n[3]\n1\n",
    );
    expect(await out("echo in | env A=1 cat; env A='x\ny' printenv A; env A=1 sh -c 'exit 3' || echo $?")).toBe(
      "in\nx\ny\n3\n",
    );
  });

  it("packs and unpacks archives", async () => {
    const { vfs, sh, out } = await world({ "/work/src/a.txt": "A", "/work/src/deep/b.txt": "B" });
    expect(await out("tar czf all.tgz src && tar tzf all.tgz")).toBe("src/\nsrc/a.txt\nsrc/deep/\nsrc/deep/b.txt\n");
    expect(await out("mkdir out && tar -xzf all.tgz -C out --strip-components=1 && cat out/a.txt out/deep/b.txt")).toBe(
      "AB",
    );
    expect(await out("tar cf - src | tar xf - -C out && cat out/src/deep/b.txt; tar -xOf all.tgz src/a.txt")).toBe(
      "BA",
    );
    expect(
      await out("tar cf some.tar --exclude=deep src; tar tf some.tar; gzip -c some.tar | gunzip -c | wc -c"),
    ).toMatch(/^src\/\nsrc\/a.txt\n\d+\n$/);
    expect((await sh("tar xf none.tar")).stderr).toContain("No such file or directory");
    expect((await sh("tar -Q")).code).toBe(64);
    expect(vfs.stat("/work/out/src")?.kind).toBe("dir");
  });

  it("keeps a dialogue with sh, and pipes through cat", async () => {
    const { shell, context } = await world();
    const spec = { args: [], cwd: "/work", env: {}, bufferLimitBytes: 1_000 };
    const session = await shell.open({ ...spec, program: "sh" }, context);
    const until = (what: string) => ({ timeoutMs: 5_000, maxBytes: 1_000, untilBytes: new TextEncoder().encode(what) });
    session.write(new TextEncoder().encode("cd /; export A=b; echo $PWD\n"));
    expect(text((await session.read(until("/\n"))).stdout)).toBe("/\n");
    session.write(new TextEncoder().encode("echo $PWD-$A; exit 4\n"));
    expect(text((await session.read(until("b\n"))).stdout)).toBe("/-b\n");
    expect(await session.close(5_000)).toEqual({ running: false, exited: true, success: false, code: 4 });
    const sorted = await shell.open({ ...spec, program: "sort" }, context);
    sorted.write(new TextEncoder().encode("b\na\n"));
    expect(await sorted.close(5_000)).toMatchObject({ code: 0 });
    expect(text((await sorted.read(until("b"))).stdout)).toBe("a\nb\n");
  });
});
