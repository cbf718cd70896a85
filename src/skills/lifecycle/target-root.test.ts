import { describe, expect, it } from "vitest";
import type { SkillRoot } from "../../contract/contract.ts";
import { MemoryTree } from "../../vfs/memory-tree.ts";
import type { Caller } from "./caller.ts";
import { defaultInstallRoot, requireExplicitTarget, requireNotRootOwned, requireNotShadowed } from "./target-root.ts";

const root = { name: " root ", skills_dir: "/r/skills" };
const project = { name: "PROJECT", skills_dir: "/p/skills" };
const user = { name: "user", skills_dir: "/u/skills" };
const work = { name: "WORK", skills_dir: "/w/skills" };
const chain = [root, project, user];

function treeWith(...paths: readonly string[]): MemoryTree {
  const vfs = new MemoryTree();
  for (const path of paths) vfs.mkdir(path, { recursive: true });
  return vfs;
}
const refusal = (work: () => unknown): { code: string; message: string } | undefined => {
  try {
    work();
    return undefined;
  } catch (thrown) {
    return thrown as { code: string; message: string };
  }
};

describe("where an install without target goes", () => {
  const where = (roots: readonly SkillRoot[], caller: Caller = "ordinary") =>
    defaultInstallRoot(treeWith(), roots, caller, "formal");

  it.each<[Caller, readonly SkillRoot[], SkillRoot]>([
    ["ordinary", chain, user],
    ["ordinary", [root, project], project],
    ["delegated_tool", chain, user],
    ["system", chain, root],
  ])("for %s, in the formal chain", (caller, roots, expected) => {
    expect(where(roots, caller)).toBe(expected);
  });

  it("is nowhere when the layer is missing", () => {
    expect(refusal(() => where([root]))).toMatchObject({
      code: "permission_denied",
      message: "ordinary skills plane requires a PROJECT or USER skill root; ROOT is system-controlled",
    });
    expect(refusal(() => where([project], "system"))).toMatchObject({
      code: "permission_denied",
      message: expect.stringContaining("system install requires a configured ROOT skill root"),
    });
  });

  it("is never one that can only be read", () => {
    const readOnly = (each: SkillRoot): SkillRoot => ({ ...each, readOnly: true });
    expect(where([root, project, readOnly(user)])).toBe(project);
    expect(refusal(() => where([root, readOnly(project), readOnly(user)]))?.code).toBe("permission_denied");
    expect(refusal(() => where([readOnly(root), user], "system"))?.code).toBe("permission_denied");
    const vfs = treeWith("/r/skills", "/w/skills", "/u/skills");
    expect(defaultInstallRoot(vfs, [root, work, readOnly(user)], "ordinary", "open")).toBe(work);
  });

  it("is the last root with a folder in an open chain, whoever asks", () => {
    const all = treeWith("/r/skills", "/p/skills", "/w/skills");
    expect(defaultInstallRoot(all, [root, project, work, user], "ordinary", "open")).toBe(work);
    const vfs = treeWith("/r/skills", "/w/skills");
    for (const caller of ["ordinary", "system"] as const) {
      expect(defaultInstallRoot(vfs, [root, work, user], caller, "open")).toBe(work);
      expect(refusal(() => defaultInstallRoot(treeWith(), [root, user], caller, "open"))).toMatchObject({
        code: "invalid_argument",
        message: "at least one skill root is required",
      });
    }
  });
});

describe("an explicit target", () => {
  const check = (target: SkillRoot, caller: Caller, policy: "formal" | "open" = "formal", roots = [...chain, work]) =>
    refusal(() => requireExplicitTarget(roots, target, caller, "Update", policy));

  it.each<[SkillRoot, Caller, string | undefined]>([
    [project, "ordinary", undefined],
    [user, "ordinary", undefined],
    [user, "delegated_tool", undefined],
    [root, "system", undefined],
    [work, "system", undefined],
    [work, "delegated_tool", undefined],
    [root, "ordinary", "ordinary skills plane cannot Update the system-controlled ROOT skill root"],
    [root, "delegated_tool", "DelegatedTool authority cannot Update the system-controlled ROOT skill root"],
    [work, "ordinary", "ordinary skills plane can only Update PROJECT or USER skill roots; got 'WORK'"],
  ])("%o for %s: %s", (target, caller, message) => {
    expect(check(target, caller)?.message).toBe(message);
  });

  it("may have any label in an open chain, but for ROOT", () => {
    expect(check(work, "ordinary", "open")).toBeUndefined();
    expect(check(root, "ordinary", "open")?.code).toBe("permission_denied");
  });

  it("has to be in the chain, by name and by path", () => {
    for (const target of [
      { ...user, name: "USER" },
      { ...user, skills_dir: "/elsewhere" },
    ]) {
      expect(check(target, "system")).toMatchObject({
        code: "invalid_argument",
        message: expect.stringContaining("is not part of the full runtime root chain"),
      });
    }
  });
});

describe("an id that a higher layer has", () => {
  const vfs = treeWith("/r/skills/owned", "/p/skills/shadowed");

  it("belongs to ROOT, below of which it cannot be installed", () => {
    const check = (target: SkillRoot, id: string) =>
      refusal(() => requireNotRootOwned(vfs, chain, target, id, "Install"));
    expect(check(user, "owned")).toMatchObject({
      code: "permission_denied",
      message:
        "skill 'owned' is managed by the ROOT system layer at /r/skills/owned; Install in 'user' is not allowed until the ROOT skill is removed",
    });
    expect([check(root, "owned"), check(user, "shadowed"), check(user, "free")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("shadows a lower target, and not the one it is in", () => {
    const check = (target: SkillRoot, id: string) => refusal(() => requireNotShadowed(vfs, chain, target, id));
    expect(check(user, "shadowed")).toMatchObject({
      code: "conflict",
      message: expect.stringContaining("is shadowed by higher-priority root 'PROJECT'"),
    });
    expect([check(project, "shadowed"), check(root, "shadowed"), check(user, "free")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(check({ ...user, name: "unlisted" }, "shadowed")).toBeUndefined();
  });
});
