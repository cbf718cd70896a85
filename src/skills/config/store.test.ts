import { describe, expect, it } from "vitest";
import { MemoryTree } from "../../vfs/memory-tree.ts";
import { ConfigStore } from "./store.ts";

const store = (explicitPath = "/r/config/skill_config.json") => {
  const vfs = new MemoryTree();
  return { vfs, config: new ConfigStore({ vfs, explicitPath }) };
};
const text = (vfs: MemoryTree, path: string) => new TextDecoder().decode(vfs.readFile(path));

describe("the skill configuration", () => {
  it("is written in byte order, which JavaScript objects cannot keep", () => {
    const { vfs, config } = store();
    for (const key of ["10", "9", "\u{1f680}", "\uffee", "__proto__"]) config.set("demo", key, key);
    expect(text(vfs, "/r/config/skill_config.json")).toBe(
      `{\n  "skills": {\n    "demo": {\n      "10": "10",\n      "9": "9",\n      "__proto__": "__proto__",\n      "\uffee": "\uffee",\n      "\u{1f680}": "\u{1f680}"\n    }\n  }\n}`,
    );
    expect(config.get("demo", "__proto__")).toBe("__proto__");
    expect(Object.keys(config.list("demo"))).toContain("__proto__");
  });

  it("prunes an empty namespace and what it does not know with every delete, also of what is not there", () => {
    const { vfs, config } = store();
    expect(config.delete("demo", "k")).toBe(false);
    expect(text(vfs, "/r/config/skill_config.json")).toBe(`{\n  "skills": {}\n}`);
    const odd = '{"extra":1,"skills":{"demo":{},"other":{}}}';
    vfs.writeFile("/r/config/skill_config.json", new TextEncoder().encode(odd));
    expect(config.delete("demo", "k")).toBe(false);
    expect(text(vfs, "/r/config/skill_config.json")).toBe(`{\n  "skills": {\n    "other": {}\n  }\n}`);
    config.set("demo", "k", "v");
    expect(config.delete("demo", " k ")).toBe(true);
    expect(text(vfs, "/r/config/skill_config.json")).toBe(`{\n  "skills": {\n    "other": {}\n  }\n}`);
  });

  it("sees what others wrote, at every operation", () => {
    const { vfs, config } = store();
    config.set("demo", "k", "1");
    new ConfigStore({ vfs, explicitPath: "/r/./config/skill_config.json" }).set("demo", "k", "2");
    expect(config.get("demo", "k")).toBe("2");
    expect(config.entries()).toEqual([{ skill_id: "demo", key: "k", value: "2" }]);
  });

  it("freezes a relative path where it was created, and needs a path at all", () => {
    const vfs = new MemoryTree();
    expect(new ConfigStore({ vfs, explicitPath: "conf/x.json", cwd: "/home/me" }).path).toBe("/home/me/conf/x.json");
    const late = new ConfigStore({ vfs });
    expect(() => late.get("demo", "k")).toThrow("skill config file path is unresolved; set host_options");
    late.useDefaultPath("/r/config/skill_config.json");
    expect(late.get("demo", "k")).toBeUndefined();
  });

  it("tells of changes, and only of changes", () => {
    const heard: unknown[] = [];
    const config = new ConfigStore({ vfs: new MemoryTree(), explicitPath: "/c.json", onChange: (e) => heard.push(e) });
    config.set("demo", " k ", "1");
    config.set("demo", "k", "1");
    config.delete("demo", "k");
    config.delete("demo", "k");
    expect(heard).toEqual([
      { skill_id: "demo", key: "k", value: "1" },
      { skill_id: "demo", key: "k", value: null },
    ]);
  });

  it("keeps a file it cannot read, and says which and why", () => {
    const { vfs, config } = store("/broken.json");
    vfs.writeFile("/broken.json", new TextEncoder().encode('{"skills":{"demo":{"k":5}}}'));
    expect(() => config.set("demo", "k", "v")).toThrow(
      "failed to parse skill config file '/broken.json': skills.demo.k: expected a string",
    );
    expect(text(vfs, "/broken.json")).toContain(":5");
  });
});
