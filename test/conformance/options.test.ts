import { describe, expect, it } from "vitest";
import { parseOptions } from "./options.ts";

describe("parseOptions", () => {
  it("has defaults, and takes suites and cases more than once", () => {
    expect(parseOptions([])).toEqual({
      suites: [],
      cases: [],
      environment: "node",
      isolation: "shared",
      storage: "memory",
      tab: "leader",
      sqliteStorage: "vfs",
      limitMs: 20_000,
      process: "shell",
      writeDocs: false,
    });
    expect(
      parseOptions(["--suite", "a", "--suite", "b", "--case", "c", "--env", "webkit", "--waiting", "J"]),
    ).toMatchObject({
      suites: ["a", "b"],
      cases: ["c"],
      environment: "webkit",
      waiting: "J",
    });
    expect(parseOptions(["--help"])).toBe("help");
  });

  it("names the option that is wrong", () => {
    expect(() => parseOptions(["--env", "safari"])).toThrow(/--env is one of .*, not "safari"/);
    expect(() => parseOptions(["--waiting", "X"])).toThrow(/--waiting/);
    expect(() => parseOptions(["--isolation", "none"])).toThrow(/--isolation/);
    expect(() => parseOptions(["--tab", "follower"])).toThrow(/--env chromium, firefox or webkit/);
    expect(() => parseOptions(["--jobs", "0"])).toThrow(/--jobs is a whole number above 0/);
    expect(() => parseOptions(["--suit", "a"])).toThrow(/--suit/);
    expect(() => parseOptions(["--write-docs", "--suite", "a"])).toThrow(/whole runs/);
    expect(() => parseOptions(["--storage", "opfs"])).toThrow(/--env chromium or firefox/);
    expect(() => parseOptions(["--sqlite-storage", "opfs"])).toThrow(/--env chromium or firefox/);
  });
});
