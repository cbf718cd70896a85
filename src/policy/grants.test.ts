import { describe, expect, it } from "vitest";
import type { Grant, Grants } from "../contract/contract.ts";
import { defaultGrants, everywhere, type GrantedAction, grantOfAction } from "./grant-source.ts";
import { GrantBook } from "./grants.ts";

const layout = { runtimeRoot: "/runtime", temp: "/runtime/temp" };
const decide = (grants: Grants, skill: string | null = "notes", resource = "a", action: GrantedAction = "tool.call") =>
  new GrantBook(grants).decide({ skill, action, resource });

describe("a decision", () => {
  it("is the default's where nothing is granted", () => {
    const request = { skill: "notes", action: "tool.call", resource: "a" } as const;
    expect(defaultGrants.decide(request)).toEqual({ ruling: "allow", grant: "default" });
    expect(new GrantBook().decide(request)).toEqual(defaultGrants.decide(request));
    expect(decide({ notes: {}, other: false })).toEqual(defaultGrants.decide(request));
  });

  it.each(Object.entries(grantOfAction))("about %s is made by the member %s, and names it", (action, member) => {
    const grant = { ruling: "deny", grant: `grants["notes"].${member}` };
    expect(decide({ notes: { [member]: false } }, "notes", "a", action as GrantedAction)).toEqual(grant);
    expect(decide({ notes: false }, "notes", "a", action as GrantedAction)).toEqual(grant);
    expect(decide({ notes: true }, "notes", "a", action as GrantedAction).grant).toBe("default");
  });

  it("is the skill's own before that of all, member by member; code without a skill has that of all", () => {
    const grants: Grants = { "*": { tools: false, models: false }, notes: { tools: true } };
    expect(decide(grants)).toEqual({ ruling: "allow", grant: 'grants["notes"].tools' });
    expect(decide(grants, "notes", "a", "model.call")).toEqual({ ruling: "deny", grant: 'grants["*"].models' });
    for (const skill of ["other", null])
      expect(decide(grants, skill)).toEqual({ ruling: "deny", grant: 'grants["*"].tools' });
  });

  it("of a list allows what it names, of lists the strictest that names it counts", () => {
    const ruling = (tools: Grant, resource: string) => decide({ notes: { tools } }, "notes", resource).ruling;
    expect([ruling(["a", "b*"], "a"), ruling(["a", "b*"], "bc"), ruling(["a"], "c")]).toEqual([
      "allow",
      "allow",
      "deny",
    ]);
    expect(ruling("ask", "a")).toBe("ask");
    const lists = { allow: ["*"], ask: ["b*"], deny: ["bad"] };
    expect(["a", "b", "bad"].map((resource) => ruling(lists, resource))).toEqual(["allow", "ask", "deny"]);
    expect([ruling({ ask: ["b"] }, "a"), ruling({}, "a")]).toEqual(["deny", "deny"]);
  });
});

describe("files", () => {
  const files = (grants: Grants, skill: string | null = "notes") => new GrantBook(grants).files(skill, layout);
  it("are everywhere by default and where that is said", () => {
    expect(defaultGrants.files("notes", layout)).toBe(everywhere);
    expect(everywhere.access("/x")).toBe("write");
    for (const grants of [{}, { notes: true }, { notes: { files: true } }, { "*": { files: true } }] as Grants[])
      expect(files(grants)).toBe(everywhere);
  });

  it("are the skill's own alone where they are refused", () => {
    for (const grants of [{ notes: false }, { notes: { files: false } }, { "*": { files: false } }] as Grants[]) {
      const { own, named, access } = files(grants);
      expect([own, named, access("/work")]).toEqual(["write", undefined, "none"]);
    }
  });

  it("are the skill's before those of all", () => {
    const grants: Grants = { "*": { files: false }, notes: { files: { read: ["/docs/**"] } } };
    expect(files(grants).access("/docs/a")).toBe("read");
    for (const skill of ["other", null]) expect(files(grants, skill).access("/docs/a")).toBe("none");
  });
});

describe("modules and limits", () => {
  it("modules are told in their own form, a list alone is one of them", () => {
    expect(defaultGrants.modules()).toBeUndefined();
    expect(new GrantBook({ notes: { tools: true } }).modules()).toBeUndefined();
    expect(new GrantBook({ notes: ["http"], other: { modules: ["kv"] }, none: {}, off: false }).modules()).toEqual({
      notes: ["http"],
      other: ["kv"],
      off: [],
    });
  });

  it("limits of a skill stand before those of all, each by itself", () => {
    const book = new GrantBook({
      "*": { limits: { runMs: 1, skillFiles: 2 } },
      notes: { limits: { runMs: 3 } },
      x: {},
    });
    expect(book.limits("notes")).toEqual({ runMs: 3, skillFiles: 2 });
    for (const skill of ["x", "other", null]) expect(book.limits(skill)).toEqual({ runMs: 1, skillFiles: 2 });
    expect(new GrantBook({ notes: { limits: { runMs: 3 } } }).limits("notes")).toEqual({ runMs: 3 });
    expect([new GrantBook().limits("notes"), defaultGrants.limits("notes")]).toEqual([undefined, undefined]);
  });
});

describe("what is no grant is refused by name", () => {
  const lists = '"ask", a list or { allow, ask, deny }';
  it.each<[unknown, string]>([
    [null, 'grants["notes"] must be true, false, a list of module names or an object of grants'],
    ["all", 'grants["notes"] must be true, false, a list of module names or an object of grants'],
    [[1], 'grants["notes"] must be a list of texts'],
    [{ tool: true }, 'grants["notes"].tool is not a grant; known: files, limits, modules, tools, models'],
    [{ tools: 5 }, `grants["notes"].tools must be true, false, ${lists}`],
    [{ tools: null }, `grants["notes"].tools must be true, false, ${lists}`],
    [{ tools: "all" }, `grants["notes"].tools must be true, false, ${lists}`],
    [{ tools: [1] }, 'grants["notes"].tools must be a list of texts'],
    [{ tools: { only: [] } }, 'grants["notes"].tools.only is unknown; known: allow, ask, deny'],
    [{ tools: { allow: "a" } }, 'grants["notes"].tools.allow must be a list of texts'],
    [{ tools: { allow: ["a", 1] } }, 'grants["notes"].tools.allow must be a list of texts'],
    [{ files: "ask" }, 'grants["notes"].files must be true, false or { read, write }'],
    [{ files: ["/a"] }, 'grants["notes"].files must be true, false or { read, write }'],
    [{ files: { allow: [] } }, 'grants["notes"].files.allow is unknown; known: read, write'],
    [{ modules: true }, 'grants["notes"].modules must be a list of texts'],
    [{ limits: 5 }, 'grants["notes"].limits must be an object of limits'],
  ])("%j", (given, message) => {
    expect(() => new GrantBook({ notes: given } as Grants)).toThrow(
      expect.objectContaining({ code: "invalid_argument", message: expect.stringContaining(message) }),
    );
  });

  it("but a member without a value is as good as none", () => {
    expect(decide({ notes: { tools: undefined } } as Grants).grant).toBe("default");
  });
});
