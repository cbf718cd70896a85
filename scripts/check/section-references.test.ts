import { describe, expect, it } from "vitest";
import { brokenReferences, sectionsOf } from "./section-references.ts";

const documents = new Map([
  ["engine.md", sectionsOf("# Engine\n## 3. Chain\n### 3.1 Rules\ntext 9.9 here\n")],
  ["vulcan-api.md", sectionsOf("## 7. Files\n")],
]);
const broken = (text: string, file = "src/a.ts"): string[] => brokenReferences(file, text, documents);

describe("references to sections", () => {
  it("knows headings with and without a dot", () => {
    expect([...(documents.get("engine.md") ?? [])]).toEqual(["3", "3.1"]);
  });

  it("finds a section that is not there", () => {
    expect(broken("// engine.md §3.1, §3\n")).toEqual([]);
    expect(broken("// engine.md §3.2\n")).toEqual(["src/a.ts:1: engine.md has no section 3.2"]);
  });

  it("takes a bare section for one of the document named last", () => {
    expect(broken("// engine.md §3\n// vulcan-api.md\n// §7\n// §3.1")).toEqual([
      "src/a.ts:4: vulcan-api.md has no section 3.1",
    ]);
  });

  it("wants a document to be named", () => {
    expect(broken("// §3\n")).toEqual(["src/a.ts:1: §3 of which document? Name it before: engine.md §3"]);
    expect(broken("// other.md §3 of engine.md §3\n")[0]).toContain("there is no other.md");
  });

  it("reads a document's own bare sections as its own, also after another was named", () => {
    expect(broken("see vulcan-api.md §7\nand §3.1\n", "docs/spec/engine.md")).toEqual([]);
  });
});
