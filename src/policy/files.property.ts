import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FileRules, type Place } from "./file-rules.ts";
import { compileGlob } from "./glob.ts";
import { defaultGrants } from "./grant-source.ts";
import { GrantBook } from "./grants.ts";
import type { FileAccess } from "./path-rules.ts";

const segment = fc.constantFrom(
  "skills",
  "state",
  "notes",
  "Notes",
  "a",
  "é",
  "e\u0301",
  "ß",
  "ss",
  "ſkills",
  "İ",
  "x y",
);
const segments = fc.array(segment, { minLength: 1, maxLength: 5 });
const place: fc.Arbitrary<Place> = fc.record({
  path: segments.map((names) => `/${names.join("/")}`),
  access: fc.constantFrom<FileAccess>("none", "branch", "read", "write"),
});
const order: readonly FileAccess[] = ["none", "branch", "read", "write"];

/** The same file to every resolver: dots, doubled slashes, ways up and down again. */
const respelt = fc
  .tuple(segments, fc.array(fc.nat({ max: 4 }), { minLength: 5, maxLength: 5 }))
  .map(([names, how]) => ({
    exact: `/${names.join("/")}`,
    spelt: names.map((name, at) => ["/", "//", "/./", "/other/../", "/x/y/../../"][how[at] ?? 0] + name).join(""),
  }));
const unfolded = fc.tuple(segments, fc.constantFrom("NFC", "NFD", "upper", "lower")).map(([names, form]) => {
  const exact = `/${names.join("/")}`;
  if (form === "upper") return { exact, other: exact.toUpperCase() };
  return { exact, other: form === "lower" ? exact.toLowerCase() : exact.normalize(form) };
});

describe("what a skill may do with a path", () => {
  const rulesOf = (places: readonly Place[]) => new FileRules({ places, elsewhere: () => "write" });

  it("is the same for every spelling that leads to it", () => {
    fc.assert(
      fc.property(fc.array(place, { maxLength: 5 }), respelt, (places, { exact, spelt }) => {
        const rules = rulesOf(places);
        expect(rules.access(spelt)).toBe(rules.access(exact));
        expect(rules.isOwned(spelt)).toBe(rules.isOwned(exact));
        expect(rules.holdsProtected(`${spelt}/`)).toBe(rules.holdsProtected(exact));
      }),
    );
  });

  it("is protected under every name that some file system takes for it", () => {
    fc.assert(
      fc.property(fc.array(place, { maxLength: 5 }), unfolded, (places, { exact, other }) => {
        const rules = rulesOf(places);
        // Where the exact path is somebody's, no other case or form of it is everybody's.
        if (rules.isOwned(exact)) expect(rules.isOwned(other)).toBe(true);
        const innermost = places.some((each) => each.access === "none" && each.path === exact);
        if (innermost && other !== exact) {
          const others = places.filter((each) => each.path.toLowerCase() === exact.toLowerCase());
          if (others.every((each) => each.access === "none")) expect(rules.access(other)).toBe("none");
        }
        expect(order).toContain(rules.access(other));
      }),
    );
  });
});

/** A glob matched the slow way, by trying. */
function matches(glob: string, path: string): boolean {
  if (glob === "") return path === "";
  if (glob.startsWith("/**") && (glob.length === 3 || glob[3] === "/")) {
    if (matches(glob.slice(3), path)) return true;
    return path.startsWith("/") && Array.from(path).some((_, at) => matches(glob.slice(3), path.slice(at + 1)));
  }
  if (glob.startsWith("**"))
    return Array.from({ length: path.length + 1 }).some((_, at) => matches(glob.slice(2), path.slice(at)));
  const rest = glob.slice(1);
  if (glob[0] === "*") {
    for (let at = 0; at <= path.length; at++) {
      if (matches(rest, path.slice(at))) return true;
      if (path[at] === "/") return false;
    }
    return false;
  }
  if (path === "") return false;
  return glob[0] === "?"
    ? path[0] !== "/" && matches(rest, path.slice(1))
    : path[0] === glob[0] && matches(rest, path.slice(1));
}

describe("globs", () => {
  const glob = fc.array(fc.constantFrom("/", "a", "b", ".", "*", "**", "?", "/**", "[", "+"), { maxLength: 7 });
  const path = fc.array(fc.constantFrom("/", "a", "b", ".", "[", "+"), { maxLength: 7 });
  it("match what a matcher by trying matches", () => {
    fc.assert(
      fc.property(glob, path, (globs, paths) => {
        expect(compileGlob(globs.join(""))(paths.join(""))).toBe(matches(globs.join(""), paths.join("")));
      }),
    );
  });
});

describe("grants", () => {
  const names = fc.array(fc.constantFrom("a", "b", "a*", "*", "ab"), { maxLength: 3 });
  const lists = fc.record({ allow: names, ask: names, deny: names }, { requiredKeys: [] });
  const asked = { action: "tool.call", resource: "" } as const;
  const covers = (patterns: readonly string[] = [], name: string) =>
    patterns.some((each) => each === name || each === "*" || (each === "a*" && name.startsWith("a")));

  it("deny wins over ask, ask over allow, and what no list names is denied", () => {
    fc.assert(
      fc.property(lists, fc.constantFrom("a", "b", "ab", "c", ""), (tools, resource) => {
        const { ruling } = new GrantBook({ notes: { tools } }).decide({ ...asked, skill: "notes", resource });
        const wanted = covers(tools.deny, resource)
          ? "deny"
          : covers(tools.ask, resource)
            ? "ask"
            : covers(tools.allow, resource)
              ? "allow"
              : "deny";
        expect(ruling).toBe(wanted);
      }),
    );
  });

  it("of one skill are never those of another", () => {
    fc.assert(
      fc.property(lists, fc.string({ maxLength: 6 }), fc.constantFrom("a", "b"), (tools, skill, resource) => {
        fc.pre(skill !== "notes" && skill !== "*");
        const book = new GrantBook({ notes: { tools } });
        expect(book.decide({ ...asked, skill, resource })).toEqual(defaultGrants.decide({ ...asked, skill, resource }));
      }),
    );
  });
});
