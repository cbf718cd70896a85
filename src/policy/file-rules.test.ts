import { expect, it } from "vitest";
import { FileRules } from "./file-rules.ts";

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
