import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { Runtime } from "../../contract/contract.ts";
import { superviseNodeRuntime } from "./node.ts";

const folder = mkdtempSync(join(tmpdir(), "luaskills-linked-"));
let runtime: Runtime | undefined;
afterEach(async () => {
  await runtime?.close();
  rmSync(folder, { recursive: true });
});

it("a link in a folder leads no skill to another's files, nor to a change of code", async () => {
  for (const id of ["asks", "other"]) {
    mkdirSync(join(folder, "skills", id, "runtime"), { recursive: true });
    writeFileSync(
      join(folder, "skills", id, "skill.yaml"),
      `name: ${id}\nversion: 1.0.0\nentries:\n  - { name: run, lua_entry: runtime/run.lua, lua_module: ${id}.run }\n`,
    );
    writeFileSync(
      join(folder, "skills", id, "runtime", "run.lua"),
      "return function(args) return tostring(select(2, pcall(load(args.code)))) end",
    );
  }
  mkdirSync(join(folder, "work"));
  writeFileSync(join(folder, "work", "shared.txt"), "for all");
  symlinkSync(join(folder, "skills", "other"), join(folder, "work", "theirs"));
  symlinkSync("../skills/asks", join(folder, "work", "mine"));
  symlinkSync("shared.txt", join(folder, "work", "alias.txt"));
  ({ runtime } = await superviseNodeRuntime({ storage: { kind: "directory", path: folder } }));
  const told: string[] = [];
  runtime.on("decision", ({ action, resource }) => told.push(`${action} ${resource}`));
  const run = async (code: string) => (await runtime?.call("asks-run", { code }))?.content;
  expect(await run(`return vulcan.fs.read("/runtime/work/alias.txt")`)).toBe("for all");
  expect(await run(`return vulcan.fs.read("/runtime/work/mine/skill.yaml")`)).toContain("name: asks");
  expect(await run(`return vulcan.fs.read("/runtime/work/theirs/skill.yaml")`)).toContain("No such file or directory");
  expect(await run(`return vulcan.fs.exists("/runtime/work/theirs")`)).toBe("false");
  for (const place of ["mine", "theirs"]) {
    const refused = await run(`vulcan.fs.write("/runtime/work/${place}/runtime/run.lua", "")`);
    expect(refused).toMatch(/Permission denied|No such file or directory/);
  }
  expect(told).toContain("file.read /runtime/work/theirs/skill.yaml");
  expect(await run("return 1")).toBe("1");
});
