import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LuaSkillsError } from "../../errors.ts";
import { openSkillsFolder } from "./skills-folder.ts";

describe("a skills folder whose skills would see the user's home", () => {
  const before = process.env.HOME;
  let home: string;
  const inHome = (name: string) => path.join(home, name);
  beforeAll(() => {
    home = fs.mkdtempSync(path.join(fs.realpathSync(tmpdir()), "home-"));
    process.env.HOME = home;
    for (const folder of [".ssh", "tools", "work/skills/pal"]) fs.mkdirSync(inHome(folder), { recursive: true });
    fs.writeFileSync(inHome(".ssh/key"), "secret");
    fs.writeFileSync(inHome("work/skills/pal/skill.yaml"), "name: pal\nversion: 1.0.0\n");
    fs.symlinkSync(home, inHome("work/link"));
  });
  afterAll(() => {
    process.env.HOME = before;
    fs.rmSync(home, { recursive: true });
  });

  const places: ReadonlyArray<readonly [what: string, place: () => string]> = [
    ["the home directory", () => home],
    ["a child of it", () => inHome("tools")],
    ["a child of it, spelled otherwise", () => `${home}/./work/../tools/`],
    ["the folder above it", () => path.dirname(home)],
    ["the root of the disk", () => "/"],
    ["a folder at the root", () => "/usr"],
    ["a link to it", () => inHome("work/link")],
    ["a child behind a link", () => inHome("work/link/tools")],
  ];
  const refusal = (place: string, options = { allowHome: false }) => {
    try {
      return openSkillsFolder(place, options).root;
    } catch (error) {
      return error;
    }
  };

  test.each(places)("%s is refused, and a place is named", (_what, place) => {
    const error = refusal(place());
    expect(error).toBeInstanceOf(LuaSkillsError);
    expect(error).toMatchObject({ code: "invalid_argument", message: expect.stringContaining("luaskills") });
  });

  test("as the current directory, too", () => {
    const here = process.cwd();
    process.chdir(home);
    try {
      for (const place of [".", "tools", "./tools/..", ".."])
        expect(refusal(place)).toMatchObject({ code: "invalid_argument" });
    } finally {
      process.chdir(here);
    }
  });

  test("is refused as one skill, whatever is said", () => {
    fs.writeFileSync(inHome("skill.yaml"), "name: home\nversion: 1.0.0\n");
    try {
      for (const place of [home, inHome("work/link"), `${home}/tools/..`]) {
        expect(refusal(place)).toMatchObject({ code: "invalid_argument", message: expect.stringContaining(home) });
        expect(refusal(place, { allowHome: true })).toMatchObject({ code: "invalid_argument" });
      }
    } finally {
      fs.rmSync(inHome("skill.yaml"));
    }
  });

  test("is taken when the user says so, and what lies deeper is always", () => {
    expect(refusal(inHome("tools"), { allowHome: true })).toBe(home);
    expect(refusal("/usr", { allowHome: true })).toMatchObject({ code: "invalid_argument" });
    expect(refusal(inHome("work/skills"))).toBe(inHome("work"));
    expect(refusal(inHome("work/skills/pal"))).toBe(inHome("work/skills/pal/.luaskills"));
  });
});
