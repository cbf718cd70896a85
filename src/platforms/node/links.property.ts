import fs from "node:fs";
import os from "node:os";
import nodePath from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { SkillFiles } from "../../host/fs/skill-files.ts";
import { FileRules } from "../../policy/file-rules.ts";
import { LinkedRules } from "../../policy/linked-rules.ts";
import type { FileAccess } from "../../policy/path-rules.ts";
import { DirectoryVfs } from "../../vfs/backends/directory.ts";
import { type Vfs, VfsError } from "../../vfs/interface.ts";
import { MemoryTree } from "../../vfs/memory-tree.ts";
import { MountVfs } from "../../vfs/mount.ts";

const folder = fs.mkdtempSync(nodePath.join(os.tmpdir(), "luaskills-links-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const directories = ["skills", "skills/mine", "skills/theirs", "data", "data/mine", "data/theirs", "work", "work/deep"];
const mounts = ["/work/mounted", "/data/theirs/mounted"];
const rules = new FileRules({
  places: [
    { path: "/skills", access: "branch" },
    { path: "/skills/mine", access: "read" },
    { path: "/data/mine", access: "write" },
    { path: "/data/theirs", access: "none" },
  ],
  elsewhere: () => "write",
});

/** A file in each directory and mount, whose text says where it is. */
function world(links: readonly Link[]): { tree: Vfs; files: readonly string[]; root: string } {
  const root = fs.mkdtempSync(nodePath.join(folder, "tree-"));
  const files: string[] = [];
  for (const directory of directories) {
    fs.mkdirSync(nodePath.join(root, directory));
    fs.writeFileSync(nodePath.join(root, directory, "file"), `/${directory}/file`);
    files.push(`/${directory}/file`);
  }
  for (const { from, name, to, relative } of links) {
    const at = nodePath.join(root, from, name);
    if (fs.lstatSync(at, { throwIfNoEntry: false })) continue;
    const target = nodePath.join(root, to);
    fs.symlinkSync(relative ? nodePath.relative(nodePath.dirname(at), target) || "." : target, at);
  }
  const mounted: Record<string, Vfs> = { "/": new DirectoryVfs(root) };
  for (const at of mounts) {
    const inside = new MemoryTree();
    inside.writeFile("/file", new TextEncoder().encode(`${at}/file`));
    mounted[at] = inside;
    files.push(`${at}/file`);
  }
  return { tree: new MountVfs(mounted), files, root };
}

interface Link {
  readonly from: string;
  readonly name: string;
  readonly to: string;
  readonly relative: boolean;
}

const linkNames = ["one", "two"];
const link: fc.Arbitrary<Link> = fc.record({
  from: fc.constantFrom(...directories),
  name: fc.constantFrom(...linkNames),
  to: fc.oneof(
    fc.constantFrom(...directories, ...directories.map((each) => `${each}/file`), "nowhere", "../outside"),
    fc.tuple(fc.constantFrom(...directories), fc.constantFrom(...linkNames)).map((parts) => parts.join("/")),
  ),
  relative: fc.boolean(),
});
const names = [
  "skills",
  "mine",
  "theirs",
  "data",
  "work",
  "deep",
  "mounted",
  "file",
  "new",
  "..",
  ".",
  "",
  ...linkNames,
];
const path = fc
  .tuple(
    fc.constantFrom("/", "/work/", "/data/mine/", "/data/", "/skills/"),
    fc.array(fc.constantFrom(...names), { maxLength: 4 }),
  )
  .map(([head, tail]) => head + tail.join("/"));
const step = fc.record({
  what: fc.constantFrom("read", "list", "write", "append", "mkdir", "remove", "rename", "open"),
  path,
  to: path,
});

const attempt = <T>(work: () => T): T | undefined => {
  try {
    return work();
  } catch (error) {
    if (error instanceof VfsError) return undefined;
    throw error;
  }
};
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const isOneOf = (access: FileAccess, ...wanted: FileAccess[]) => wanted.includes(access);

describe("links and mounts", () => {
  it("lead nobody to what is not theirs, and change nothing that is not theirs to change", () => {
    fc.assert(
      fc.property(fc.array(link, { maxLength: 6 }), fc.array(step, { maxLength: 12 }), (links, steps) => {
        const { tree, files, root } = world(links);
        const own = new LinkedRules(rules, (each) => tree.realPath?.(each));
        const skill = new SkillFiles(tree, {
          subject: () => "mine",
          rules: () => own,
          ledger: () => undefined,
          denied: () => {},
        });
        const isKept = (file: string) => !isOneOf(rules.access(file), "write");
        const kept = files.filter(isKept);
        const theirs = tree.list("/data/theirs");
        const bytes = new TextEncoder().encode("mine");
        const seen: string[] = [];
        for (const { what, path: at, to } of steps) {
          attempt(() => {
            if (what === "read") seen.push(text(skill.readFile(at)));
            else if (what === "open") {
              const file = skill.open(at);
              const target = new Uint8Array(file.size);
              file.readAt(target, 0);
              file.close();
              seen.push(text(target));
            } else if (what === "write" || what === "append") skill.writeFile(at, bytes, { append: what === "append" });
            else if (what === "mkdir") skill.mkdir(at, { recursive: true });
            else if (what === "remove") skill.remove(at, { recursive: true });
            else if (what === "rename") skill.rename(at, to);
            else if (skill.list(at).includes("file")) {
              const real = tree.realPath?.(at);
              expect(isOneOf(rules.access(`${real}/file`), "read", "write"), `${at} lists ${real}`).toBe(true);
            }
          });
        }
        for (const each of seen.filter((content) => files.includes(content))) {
          expect(isOneOf(rules.access(each), "read", "write"), `${each} was read`).toBe(true);
        }
        for (const file of kept)
          expect(
            attempt(() => text(tree.readFile(file))),
            file,
          ).toBe(file);
        expect(tree.list("/data/theirs")).toEqual(theirs);
        fs.rmSync(root, { recursive: true });
      }),
      // Each is a tree on the disk.
      { numRuns: Math.ceil((fc.readConfigureGlobal().numRuns ?? 300) / 2) },
    );
  });
});
