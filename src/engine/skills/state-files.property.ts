import fc from "fast-check";
import { expect, it } from "vitest";
import { LuaSkillsError } from "../../errors.ts";
import { ConfigStore } from "../../skills/config/store.ts";
import { standardHostOptions } from "../../skills/options/host-options.ts";
import { StateFiles } from "../../skills/registry/state-files.ts";
import { MemoryStore } from "../../vfs/memory-store.ts";
import { GrantAnswers } from "../policy/granted.ts";

const word = fc.constantFrom(
  "skills",
  "always",
  "skill",
  "action",
  "resource",
  "since",
  "skill_id",
  "version",
  "source",
);
const near = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, 1, true, "notes", "1.0.0", ""),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(word, tie("any"), { maxKeys: 4 }),
  ),
})).any;
/** What somebody may have left in a file of the engine's own. */
const text = fc.oneof(
  near.map((value) => JSON.stringify(value)),
  fc.json({ maxDepth: 3 }),
  fc.string({ maxLength: 40 }),
);

function written(path: string, content: string): MemoryStore["fs"] {
  const { fs } = new MemoryStore();
  fs.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  fs.writeFile(path, new TextEncoder().encode(content));
  return fs;
}

/** Answers, or fails with one of our errors and a text. */
function only(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof LuaSkillsError)) throw error;
    expect(error.code).not.toBe("internal");
    expect(error.message).not.toBe("");
  }
}

it("a damaged install record or marker is told, and nothing else happens", () => {
  const root = { name: "ROOT", skills_dir: "/runtime/skills" };
  const options = standardHostOptions("/runtime");
  const { recordPath, markerPath } = StateFiles.prototype;
  fc.assert(
    fc.property(text, (content) => {
      for (const pathOf of [recordPath, markerPath]) {
        const blank = new StateFiles(new MemoryStore().fs, root, options);
        const state = new StateFiles(written(pathOf.call(blank, "notes"), content), root, options);
        only(() => state.readRecord("notes"));
        only(() => state.checkMarker("notes"));
      }
    }),
  );
});

it("a damaged configuration is told, never taken for an empty one", () => {
  fc.assert(
    fc.property(text, (content) => {
      const vfs = written("/runtime/config/skill_config.json", content);
      const store = new ConfigStore({ vfs, explicitPath: "/runtime/config/skill_config.json" });
      only(() => store.entries());
      only(() => store.get("notes", "key"));
    }),
  );
});

it("damaged answers grant nothing, and end nothing", () => {
  fc.assert(
    fc.property(text, (content) => {
      const answers = new GrantAnswers({
        vfs: written("/runtime/state/grants.json", content),
        file: "/runtime/state/grants.json",
        decide: undefined,
        now: () => 0,
        log: () => {},
        report: () => {},
      });
      for (const { skill, action, resource, since } of answers.list()) {
        expect([skill === null || typeof skill === "string", typeof action, typeof resource, typeof since]).toEqual([
          true,
          "string",
          "string",
          "number",
        ]);
      }
    }),
  );
});
