import { describe, expect, it } from "vitest";
import { sha256Hex } from "../../base/bytes/sha256.ts";
import { SkillWorld, skillFiles, user, zipOf } from "../../testing/skill-world.ts";
import { installSkill } from "../lifecycle/install.ts";
import { checksumOf } from "./checksum.ts";
import { parseGithubLocator } from "./github-locator.ts";
import { parseSourceManifest } from "./source-manifest.ts";

const digest = "a".repeat(64);

describe("checksum files", () => {
  it("find the line of a file, star or not, and answer in lower case", () => {
    const text = `${"B".repeat(64)}  other.zip\r\n${digest.toUpperCase()} *demo.zip\n`;
    expect(checksumOf(text, "demo.zip")).toBe(digest);
    expect(() => checksumOf(text, "nope.zip")).toThrow("Checksum manifest does not contain an entry for 'nope.zip'");
    expect(() => checksumOf("abc  demo.zip", "demo.zip")).toThrow(
      "Checksum entry for 'demo.zip' is not one valid SHA-256 value",
    );
  });

  it("SHA-256 is SHA-256", () => {
    expect(sha256Hex(new TextEncoder().encode("hello world"))).toBe(
      "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
    );
  });
});

describe("source manifests", () => {
  const parse = (changes: Record<string, unknown>) =>
    parseSourceManifest(
      JSON.stringify({
        skill_id: "demo",
        version: "1.0.0",
        archive: { type: "zip", url: "https://x.test/a.zip", sha256: digest },
        ...changes,
      }),
      "https://x.test/m.json",
      { skillId: "demo", sourceType: "official_hub" },
    );

  it("take the tag of a matching update block only", () => {
    expect(parse({ update: { source_type: "official_hub", locator: "demo", tag: "v1" } }).tag).toBe("v1");
    expect(parse({ update: { source_type: "github", locator: "a/demo", tag: "v1" } }).tag).toBeUndefined();
    expect(parse({ archive: { archive_type: "ZIP", url: " https://x.test/a.zip ", sha256: digest } }).archiveUrl).toBe(
      "https://x.test/a.zip",
    );
  });

  it.each([
    [{ skill_id: "Demo" }, "source manifest skill_id must match"],
    [{ skill_id: "other" }, "source manifest resolves to skill_id 'other' instead of 'demo'"],
    [{ version: "1" }, "source manifest version must be a valid semantic version"],
    [
      { archive: { type: "tar", url: "u", sha256: digest } },
      "source manifest archive type 'tar' is not supported; expected zip",
    ],
    [{ archive: { type: "zip", url: " ", sha256: digest } }, "source manifest archive.url must not be empty"],
    [
      { archive: { type: "zip", url: "u", sha256: "x" } },
      "source manifest archive.sha256 must be one valid SHA-256 value",
    ],
    [
      { archive: null },
      "Failed to parse skill source manifest from https://x.test/m.json: archive: missing field `type`",
    ],
  ])("refuse %j", (changes, text) => {
    expect(() => parse(changes)).toThrow(text);
  });
});

describe("GitHub", () => {
  const api = "https://api.github.com/repos/acme/demo/releases";
  const asset = (name: string) => ({
    name,
    browser_download_url: `https://github.com/acme/demo/releases/download/v1.0.0/${name}`,
  });
  const release = (...names: string[]) => JSON.stringify({ tag_name: "v1.0.0", assets: names.map(asset) });
  const request = { skillId: undefined, source: "https://github.com/acme/demo/", sourceType: "github" } as const;
  const install = (world: SkillWorld) =>
    installSkill(world.context(), { caller: "ordinary", roots: world.roots }, request);

  it("locators are owner/repo, also as an address", () => {
    expect(parseGithubLocator("http://github.com/LuaSkills/acme-codekit/")).toEqual({
      repo: "LuaSkills/acme-codekit",
      name: "acme-codekit",
    });
    for (const bad of ["demo", "a/b/c", "../demo", "a/..", "a b/c"])
      expect(() => parseGithubLocator(bad)).toThrow("must be one repository locator in owner/repo form");
  });

  it("a release without archive, checksum file or JSON is named in the error", async () => {
    const world = new SkillWorld();
    world.serve(`${api}/latest`, "<html>");
    await expect(install(world)).rejects.toThrow(`Failed to parse ${api}/latest`);
    world.serve(`${api}/latest`, release());
    world.serve(`${api}/tags/1.0.0`, release("demo-v1.0.0-skill.zip"));
    await expect(install(world)).rejects.toThrow(
      "GitHub release v1.0.0 does not contain checksum asset 'demo-v1.0.0-checksums.txt'",
    );
    world.serve(`${api}/tags/1.0.0`, release("demo-v1.0.0-checksums.txt"));
    await expect(install(world)).rejects.toThrow(
      "GitHub release v1.0.0 does not contain asset 'demo-v1.0.0-skill.zip'",
    );
    world.serve(`${api}/tags/1.0.0`, "", 404);
    world.serve(`${api}/tags/v1.0.0`, "", 500);
    await expect(install(world)).rejects.toThrow(`Failed to download ${api}/tags/v1.0.0: HTTP status 500`);
    expect(world.vfs.list(user.skills_dir)).toEqual([]);
  });

  it("a tag cannot choose the name of the cache file", async () => {
    const world = new SkillWorld();
    world.serve(`${api}/latest`, JSON.stringify({ tag_name: "v../../evil", assets: [] }));
    await expect(install(world)).rejects.toThrow("github release version must be a valid semantic version");
  });

  it("proxies replace both addresses", async () => {
    const world = new SkillWorld({
      options: { github_base_url: "https://proxy.test/gh//", github_api_base_url: "https://proxy.test/api" },
    });
    const zip = zipOf("demo", skillFiles("demo"));
    const names = ["demo-v1.0.0-skill.zip", "demo-v1.0.0-checksums.txt"];
    world.serve("https://proxy.test/api/repos/acme/demo/releases/latest", release(...names));
    world.serve("https://proxy.test/api/repos/acme/demo/releases/tags/1.0.0", release(...names));
    const files = "https://proxy.test/gh/acme/demo/releases/download/v1.0.0";
    world.serve(`${files}/demo-v1.0.0-skill.zip`, zip);
    world.serve(`${files}/demo-v1.0.0-checksums.txt`, `${sha256Hex(zip)}  demo-v1.0.0-skill.zip\n`);
    await expect(install(world)).resolves.toMatchObject({ status: "installed", source_locator: "acme/demo" });
  });
});

describe("private manifests", () => {
  const manifestUrl = "https://good.test/manifests/demo.json";
  const install = (world: SkillWorld, source: string) =>
    installSkill(
      world.context(),
      { caller: "system", roots: world.roots },
      {
        skillId: "demo",
        source,
        sourceType: "private_url_manifest",
      },
    );

  it("are held against the list after normalisation", async () => {
    const world = new SkillWorld({
      options: {
        enable_private_url_skill_install: true,
        private_skill_source_allowlist: ["https://good.test/manifests"],
      },
    });
    for (const source of [
      "https://good.test/manifests-extra/demo.json",
      "https://good.test/manifests/../secret.json",
      "https://good.test/manifests/%2e%2e/secret.json",
      "https://good.test@evil.test/manifests/demo.json",
      "http://good.test/manifests/demo.json",
    ]) {
      await expect(install(world, source)).rejects.toThrow("is not allowed by host source policy");
    }
    expect(world.requests).toEqual([]);
    const zip = zipOf("demo", skillFiles("demo"));
    const archive = { type: "zip", url: "https://good.test/manifests/a.zip", sha256: sha256Hex(zip) };
    world.serve(manifestUrl, `skill_id: demo\nversion: 1.0.0\narchive: ${JSON.stringify(archive)}\n`);
    world.serve(archive.url, zip);
    await expect(install(world, manifestUrl)).resolves.toMatchObject({ status: "installed" });
  });
});
