import { expect, it } from "vitest";
import { FileRules, type Place } from "./file-rules.ts";
import { LinkedRules } from "./linked-rules.ts";

const places: readonly Place[] = [
  { path: "/own", access: "write" },
  { path: "/package", access: "read" },
  { path: "/other", access: "none" },
];
/** `/free/…` is nobody's; links lead where the map says. */
const links: Readonly<Record<string, string>> = {
  "/free/to-own": "/own",
  "/free/to-package": "/package",
  "/free/to-other": "/other",
  "/free/to-meeting": "/meeting",
  "/own/to-free": "/free",
  "/own/to-package": "/package",
  "/package/to-own": "/own",
  "/other/to-own": "/own",
};
const asked: string[] = [];
const rules = new LinkedRules(
  new FileRules({ places, elsewhere: () => "write", meetingPlaces: ["/meeting"] }),
  (path) => {
    asked.push(path);
    return path.startsWith("/out") ? undefined : (links[path] ?? path.replaceAll("//", "/"));
  },
);

it.each([
  ["/own", "write"],
  ["/free", "write"],
  ["/free/to-own", "write"],
  ["/free/to-package", "read"],
  ["/free/to-other", "none"],
  ["/own/to-package", "read"],
  ["/package/to-own", "read"],
  ["/other/to-own", "none"],
  // Out of the tree: the tree itself refuses.
  ["/out", "write"],
] as const)("%s allows what both the link and its end allow: %s", (path, access) => {
  expect(rules.access(path)).toBe(access);
});

it("asks no tree about what the rules refuse anyway", () => {
  asked.length = 0;
  rules.access("/other/to-own");
  expect(asked).toEqual([]);
});

it("a link holds, is and belongs to what its end does", () => {
  const answers = (path: string) => [
    rules.holdsProtected(path),
    rules.isDirectory(path),
    rules.isOwned(path),
    rules.isTrusted(path),
  ];
  expect(answers("/free")).toEqual([false, false, false, false]);
  expect(answers("/own")).toEqual([false, false, true, true]);
  expect(answers("/free/to-package")).toEqual([true, false, true, false]);
  expect(answers("/free/to-meeting")).toEqual([true, true, false, false]);
  expect(answers("/package/to-own")).toEqual([false, false, true, true]);
  // Where a skill may trust only what is its own, a link to what is nobody's is not.
  expect(answers("/own/to-free")).toEqual([false, false, true, false]);
  expect(answers("/out")).toEqual([false, false, false, false]);
});
