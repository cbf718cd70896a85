import { describe, expect, it } from "vitest";
import { FileRules, type FileRulesOptions } from "./file-rules.ts";

it("what was nobody's is somebody's from the moment it is, however often it was asked for before", () => {
  const installed = new Set<string>();
  const rules = new FileRules({
    places: [{ path: "/runtime/skills/notes", access: "read" }],
    hidden: (path) => installed.has(path),
    elsewhere: () => "write",
  });
  expect([rules.access("/runtime/data/new"), rules.access("/runtime/data/new")]).toEqual(["write", "write"]);
  installed.add("/runtime/data/new");
  expect([rules.access("/runtime/data/new"), rules.access("/runtime//data/./new")]).toEqual(["none", "none"]);
});

it("answers the same when more paths were asked for than it remembers", () => {
  const rules = new FileRules({ places: [{ path: "/a", access: "none" }], elsewhere: () => "write" });
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 400; i++) {
      expect(rules.access(`/a/${i}`)).toBe("none");
      expect(rules.access(`/b/${i}`)).toBe("write");
    }
  }
});

describe("rules of places", () => {
  const rulesOf = (more: Partial<FileRulesOptions> = {}) =>
    new FileRules({
      places: [
        { path: "/run/skills", access: "branch" },
        { path: "/run/skills/notes", access: "read" },
        { path: "/run/skills/other", access: "none" },
        { path: "/run/data/notes/", access: "write" },
        { path: "/run/state", access: "none" },
      ],
      elsewhere: () => "write",
      ...more,
    });

  it.each([
    ["/run/skills", "branch"],
    // The branch shows itself and what is granted below it, nothing else.
    ["/run/skills/third", "none"],
    ["/run/skills/notes", "read"],
    ["/run/skills/notes/a/b", "read"],
    ["/run/skills/notesx", "none"],
    ["/run/skills/other/a", "none"],
    ["/run/data/notes", "write"],
    ["/run/data/notes/a", "write"],
    ["/run/data", "write"],
    ["/free", "write"],
    // Another case of a skill's own name is somebody else's where names are told apart.
    ["/run/skills/Notes/a", "none"],
    ["/run/data/NOTES", "none"],
    ["/RUN/state/x", "none"],
    ["/run/skills/notes/../other", "none"],
  ])("%s: %s", (path, access) => {
    const rules = rulesOf();
    expect([rules.access(path), rules.access(path)]).toEqual([access, access]);
  });

  it("the host may open places of others, for reading", () => {
    const rules = rulesOf({ opened: (path) => path.endsWith("/open") });
    expect(
      ["/run/state/open", "/run/skills/third/open", "/run/data/notes/open", "/run/state"].map((path) =>
        rules.access(path),
      ),
    ).toEqual(["read", "read", "write", "none"]);
  });

  it("a directory holds what is protected below it, and meeting places", () => {
    const rules = rulesOf({ meetingPlaces: ["/run/Data"] });
    const held = (path: string) => rules.holdsProtected(path);
    expect(["/run", "/run/skills/notes", "/run/STATE", "/"].map(held)).toEqual([true, true, true, true]);
    expect(["/run/data", "/run/data/notes", "/run/data/notes/a", "/run/state/x", "/free"].map(held)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(rulesOf().holdsProtected("/run/data")).toBe(false);
  });

  it("meeting places and the way to them stay directories", () => {
    const rules = rulesOf({ meetingPlaces: ["/run/data", "/run/logs"] });
    expect(["/run", "/run/DATA", "/run/logs/", "/run/data/x", "/runs"].map((path) => rules.isDirectory(path))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(rulesOf().isDirectory("/run/data")).toBe(false);
  });

  it("what lies in a place, or was hidden, is owned; only what is the skill's own is trusted", () => {
    const rules = rulesOf({ hidden: (path) => path === "/run/new" });
    const paths = ["/run/skills/notes/x", "/run/state/x", "/run/New", "/run/skills", "/free", "/run/data/Notes"];
    expect(paths.map((path) => rules.isOwned(path))).toEqual([true, true, true, true, false, true]);
    expect(paths.map((path) => rules.isTrusted(path))).toEqual([true, false, false, true, false, false]);
  });

  it("a place may be the root", () => {
    const rules = new FileRules({ places: [{ path: "/", access: "read" }], elsewhere: () => "write" });
    expect([rules.access("/"), rules.access("/a/b"), rules.isOwned("/x")]).toEqual(["read", "read", true]);
  });
});
