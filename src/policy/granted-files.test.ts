import { describe, expect, it } from "vitest";
import type { FileGrants } from "../contract/contract.ts";
import { grantedFiles } from "./granted-files.ts";

const granted = (files: FileGrants) => grantedFiles(files, { runtimeRoot: "/runtime", temp: "/runtime/temp" });
const access = (files: FileGrants, ...paths: readonly string[]) => paths.map((path) => granted(files).access(path));

describe("places by name", () => {
  const paths = ["/runtime/data/x", "/runtime/temp/x", "/work/x", "/runtime", "/"];
  it.each([
    ["shared", ["read", "none", "none", "read", "branch"]],
    ["temp", ["none", "read", "none", "branch", "branch"]],
    ["work", ["none", "none", "read", "none", "read"]],
    // A skill's own places are not these: they only show themselves.
    ["own", ["none", "none", "none", "branch", "branch"]],
  ])("%s", (place, answers) => {
    expect(access({ read: [place] }, ...paths)).toEqual(answers);
  });

  it("are no globs that open places of others", () => {
    expect(granted({ read: ["own", "shared", "temp", "work"], write: ["own"] }).named).toBeUndefined();
  });
});

describe("globs", () => {
  it("are below the runtime root unless they are absolute, and what may be written may be read", () => {
    const files = { read: ["docs/*.md"], write: ["/data/out/**"] };
    expect(access(files, "/runtime/docs/a.md", "/runtime/docs/a.txt", "/docs/a.md")).toEqual(["read", "none", "none"]);
    expect(access(files, "/data/out", "/data/out/a/b", "/data/other")).toEqual(["write", "write", "none"]);
    expect(access({ read: ["/a/**"], write: ["/a/b"] }, "/a/b", "/a/c")).toEqual(["write", "read"]);
  });

  it("show the directories on the way to where they begin, and no others", () => {
    expect(access({ read: ["/a/b/c*/d"] }, "/", "/a", "/a/b", "/a/b/c1", "/a/x")).toEqual([
      "branch",
      "branch",
      "branch",
      "none",
      "none",
    ]);
    expect(access({ read: ["/a/b/?/d"] }, "/a/b", "/a/b/x")).toEqual(["branch", "none"]);
    expect(access({ read: ["/a/file"] }, "/a", "/a/file", "/a/file/x")).toEqual(["branch", "read", "none"]);
  });

  it("are the host's word about places of others, too", () => {
    const { named } = granted({ read: ["/a/*", "shared"], write: ["/b"] });
    expect(["/a/x", "/b", "/c", "/runtime/x"].map((path) => named?.(path))).toEqual([true, true, false, false]);
  });
});

it("a skill writes its own data only where that is granted", () => {
  expect([granted({}).own, granted({ read: ["own"] }).own, granted({ write: ["own"] }).own]).toEqual([
    "read",
    "read",
    "write",
  ]);
});
