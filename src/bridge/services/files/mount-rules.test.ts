import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { allowedMount } from "./mount-rules.ts";

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "luaskills-mounts-")));
writeFileSync(path.join(folder, "file"), "");
afterAll(() => rmSync(folder, { recursive: true }));

describe("a directory that is to be mounted", () => {
  it.each([
    ["it itself", folder],
    ["the folder above it", path.dirname(folder)],
    ["the whole disk", path.parse(folder).root],
  ])("is allowed by a rule for %s", (_, rule) => {
    expect(allowedMount([{ path: rule, access: "read-only" }], folder, true)).toBe(folder);
    expect(() => allowedMount([{ path: rule, access: "read-only" }], folder, false)).toThrow("--mount-rw");
    expect(allowedMount([{ path: rule, access: "read-write" }], folder, false)).toBe(folder);
  });

  it("is not allowed by one for a folder whose name begins the same", () => {
    expect(() => allowedMount([{ path: folder.slice(0, -1), access: "read-only" }], folder, true)).toThrow("--mount");
    expect(() => allowedMount([], folder, true)).toThrow("--mount");
  });

  it("has to be one", () => {
    const rules = [{ path: folder, access: "read-only" }] as const;
    expect(() => allowedMount(rules, path.join(folder, "file"), true)).toThrow("is no directory");
    expect(() => allowedMount(rules, path.join(folder, "none"), true)).toThrow("--mount");
  });
});
