/** Every option of createRuntime given wrongly: refused by its name, with what was probably meant. */
import { expect, it, vi } from "vitest";
import { superviseNodeRuntime } from "../platforms/node/node.ts";
import { failure } from "../testing/test-engine.ts";

type Row = readonly [wrong: object, field: string | undefined, text: string];
const rows: readonly Row[] = [
  [{ limts: {} }, "limts", 'the option "limts": did you mean "limits"?; known options: storage'],
  [{ onLog: () => {} }, "onLog", 'does not know the option "onLog"; known'],
  [{ Isolation: "skill" }, "Isolation", 'did you mean "isolation"?'],
  [{ limits: { callTimeout: 5 } }, "limits.callTimeout", 'is not a limit: did you mean "callTimeoutMs"?'],
  [{ limits: { whatever: 5 } }, "limits.whatever", "limits.whatever is not a limit; known limits: callTimeoutMs"],
  [{ limits: { runMs: "5" } }, undefined, "limits.runMs must be a finite number of at least 0, got 5"],
  [{ limits: { runMs: Number.NaN } }, undefined, "limits.runMs must be a finite number of at least 0, got NaN"],
  [{ limits: { runMs: -1 } }, undefined, "limits.runMs must be a finite number of at least 0, got -1"],
  [{ limits: 5 }, "limits", "limits must be an object, got 5"],
  [{ grants: { notes: { file: true } } }, 'grants["notes"].file', 'is not a grant: did you mean "files"?'],
  [{ grants: { notes: { files: { reed: [] } } } }, 'grants["notes"].files.reed', 'did you mean "read"?'],
  [{ grants: { notes: { tools: { alow: [] } } } }, 'grants["notes"].tools.alow', 'did you mean "allow"?'],
  [{ grants: { notes: { tools: "maybe" } } }, 'grants["notes"].tools', 'true, false, "ask", a list or an object'],
  [{ grants: { notes: { tools: [1] } } }, 'grants["notes"].tools[0]', "must be a text, got 1"],
  [{ grants: [] }, "grants", "grants must be an object, got []"],
  [{ network: { notes: "https://a.example" } }, 'network["notes"]', "must be a list"],
  [{ network: { notes: [{ uri: "https://a.example" }] } }, 'network["notes"][0].uri', 'did you mean "url"?'],
  [
    { network: { notes: [{ url: "https://a.example", method: ["GET"] }] } },
    'network["notes"][0].method',
    'did you mean "methods"?',
  ],
  [{ secrets: { KEY: { value: "abcd", host: ["a"] } } }, 'secrets["KEY"].host', 'did you mean "hosts"?'],
  [{ isolation: "Skill" }, "isolation", 'isolation must be "skill" or "shared", got "Skill"'],
  [{ isolation: true }, "isolation", 'isolation must be "skill" or "shared", got true'],
  [{ durability: "Strict" }, "durability", 'durability must be "strict" or "relaxed", got "Strict"'],
  [{ loadPolicy: "lenient" }, "loadPolicy", "loadPolicy must be"],
  [{ rootChainPolicy: "opened" }, "rootChainPolicy", "rootChainPolicy must be"],
  [{ dependencyPolicy: "lax" }, "dependencyPolicy", "dependencyPolicy must be"],
  [{ decisions: "denials" }, "decisions", "decisions must be"],
  [{ waiting: "X" }, "waiting", "waiting must be"],
  [{ verifyOnInstall: "yes" }, "verifyOnInstall", "verifyOnInstall must be true or false"],
  [{ load: 1 }, "load", "load must be true or false"],
  [{ ffi: "no" }, "ffi", "ffi must be true or false"],
  [{ warmSpare: "yes" }, "warmSpare", "warmSpare must be true or false"],
  [{ storage: { kind: "memory", nane: "x" } }, "storage.nane", 'did you mean "name"?'],
  [{ storage: { kind: "memory", whenInUse: "Share" } }, "storage.whenInUse", '"share" or "fail" or "wait"'],
  [{ sqlite: { store: "opfs" } }, "sqlite.store", "sqlite.store is not an option; known: storage"],
  [{ sqlite: { storage: "OPFS" } }, "sqlite.storage", 'must be "vfs" or "opfs", got "OPFS"'],
  [{ runtimeRoot: 5 }, "runtimeRoot", "runtimeRoot must be a text, got 5"],
  [{ cwd: {} }, "cwd", "cwd must be a text, got {}"],
  [{ roots: { name: "ROOT" } }, "roots", "roots must be a list"],
  [{ roots: [{ name: "ROOT", skillsDir: "/x" }] }, "roots[0].skillsDir", 'did you mean "skills_dir"?'],
  [{ pool: { maxSize: 2 } }, "pool.maxSize", 'did you mean "max_size"?'],
  [{ pool: { max_size: "2" } }, "pool.max_size", 'pool.max_size must be a number of at least 0, got "2"'],
  [{ env: { HOME: 5 } }, 'env["HOME"]', "must be a text, got 5"],
  [{ os: { name: "linux" } }, "os.name", "known: os, arch"],
  [{ process: { kind: "bash" } }, "process.kind", 'must be "none" or "shell" or "bridge", got "bash"'],
  [{ process: "shell" }, "process.kind", 'must be "none" or "shell" or "bridge"'],
  [{ process: { kind: "shell", networks: [] } }, "process.networks", 'did you mean "network"?'],
  [
    { process: { kind: "bridge", url: "http://127.0.0.1:1", token: "t", mount: { "/p": { dir: "/x" } } } },
    'process.mount["/p"].dir',
    "known: directory, access, exclude",
  ],
  [{ security: { policie: [] } }, "security.policie", 'did you mean "policies"?'],
  [{ wasm: { sqllite: "x" } }, "wasm.sqllite", 'did you mean "sqlite"?'],
  [{ fetch: "https://proxy.example" }, "fetch", "fetch must be a function"],
  [{ decide: true }, "decide", "decide must be a function, got true"],
  [{ hostTool: () => null, hostTools: {} }, undefined, "give either hostTools (a map) or hostTool"],
  [{ hostTool: null }, "hostTool", "hostTool must be a function, got null"],
];

it.each(rows)("%o", async (wrong, field, text) => {
  const error = await failure(superviseNodeRuntime(wrong as object));
  expect(error.code).toBe("invalid_argument");
  expect(error.message).toContain(text);
  if (field !== undefined) expect(error.data.field).toBe(field);
});

it("right ones are taken, and what has no members is not looked into", async () => {
  const { runtime } = await superviseNodeRuntime({
    storage: { kind: "memory" },
    limits: { runMs: 1_000 },
    isolation: "skill",
    signal: new AbortController().signal,
    grants: {
      "*": { files: { read: ["own"] }, tools: { allow: ["a"], ask: ["b"] } },
      notes: false,
    },
    network: { "*": true, notes: ["https://a.example", { url: "https://b.example", methods: ["GET"] }] },
    process: { kind: "none" },
    env: { A: "b" },
    hostTool: vi.fn(),
  });
  expect(await runtime.runLua("return 1")).toBe(1);
  await runtime.close();
});
