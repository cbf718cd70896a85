import { gzipSync, strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { sha256Hex } from "../../base/bytes/sha256.ts";
import { SkillWorld, skillFiles, user } from "../../testing/skill-world.ts";
import { removeStaleDependencies } from "./cleanup.ts";
import { parseDependencies } from "./manifest.ts";
import { readTarGz } from "./tar.ts";

const cdn = "https://cdn.test";
const installs = "/runtime/user/dependencies/lua/demo";
const cache = "/runtime/temp/downloads";

function dependencies(...items: string[]): Record<string, string> {
  return skillFiles("demo", "1.0.0", {
    "dependencies.yaml": `lua_dependencies:\n${items.map((item) => `  - ${item}\n`).join("")}`,
  });
}

const lua = (pack: string, more = "version: 1.0.0, ") =>
  `{ name: pure, ${more}source: { type: url }, packages: { ${pack} } }`;

async function load(files: Record<string, string>, prepare: (world: SkillWorld) => void = () => {}, options = {}) {
  const world = new SkillWorld({ options });
  world.addSkill(user.skills_dir, "demo", files);
  prepare(world);
  const outcome = await world.load();
  return { world, problems: outcome.problems.map((problem) => problem.message) };
}

/** One ustar header and its padded content. */
function tarMember(name: string, content: string, type = "0"): Uint8Array {
  const header = new Uint8Array(512);
  header.set(strToU8(name));
  header.set(strToU8(content.length.toString(8).padStart(11, "0")), 124);
  header.set(strToU8(type), 156);
  header.set(strToU8("ustar"), 257);
  const body = new Uint8Array(Math.ceil(content.length / 512) * 512);
  body.set(strToU8(content));
  return Uint8Array.from([...header, ...body]);
}

describe("dependencies.yaml", () => {
  it("has three groups, in the order in which they are made ready, all of scope skill by default", () => {
    const text =
      "ffi_dependencies: [{ name: f, source: { type: url } }]\ntool_dependencies:\n  - { name: t, source: { type: skill_list, skilllist: { url: u, package: p } } }\nlua_dependencies: [{ name: l, version: 1.10, source: { type: url } }]\n";
    const parsed = parseDependencies(text, "/d.yaml");
    expect(parsed.map((item) => [item.kind, item.name, item.scope, item.version])).toEqual([
      ["tool", "t", "skill", undefined],
      ["lua", "l", "skill", "1.10"],
      ["ffi", "f", "skill", undefined],
    ]);
    expect(parsed[0]?.source.type).toBe("skilllist");
    expect(() => parseDependencies("lua_dependencies: [{ name: x }]\n", "/d.yaml")).toThrow(
      "Failed to parse /d.yaml: lua_dependencies[0]: missing field `source` at line 1 column 20",
    );
  });
});

describe("making them ready", () => {
  it("unpacks a tar.gz, dropping one leading folder, and takes linux-x64 when all exports are Lua", async () => {
    const tar = gzipSync(
      Uint8Array.from([
        ...tarMember("pure-1/readme", "x"),
        ...tarMember("pure-1/src/a.lua", "return 1"),
        ...new Uint8Array(1024),
      ]),
    );
    const pack = `linux-x64: { archive_type: tar_gz, url: '${cdn}/p-{version}.tar.gz', exports: [{ archive_path: src/a.lua, target_path: a.lua }] }`;
    const { world, problems } = await load(dependencies(lua(pack)), (w) => w.serve(`${cdn}/p-1.0.0.tar.gz`, tar));
    expect(problems).toEqual([]);
    expect(world.read(`${installs}/pure/1.0.0/linux-x64/a.lua`)).toBe("return 1");
    expect(world.vfs.list(cache)).toContain("lua-pure-linux-x64.tar.gz");
  });

  it("native packages of other platforms do not count", async () => {
    const pack = `linux-x64: { archive_type: zip, url: '${cdn}/p.zip', exports: [{ archive_path: a.so, target_path: a.so }] }`;
    const { problems } = await load(dependencies(lua(pack)));
    expect(problems).toEqual(["dependency 'pure' does not declare package metadata for platform 'wasm'"]);
  });

  it("tries a broken archive twice and leaves nothing of it", async () => {
    const pack = `wasm: { archive_type: zip, url: '${cdn}/p.zip', exports: [{ archive_path: a.lua, target_path: a.lua }] }`;
    const { world, problems } = await load(dependencies(lua(pack)), (w) =>
      w.serve(`${cdn}/p.zip`, zipSync({ "b.lua": strToU8("x") })),
    );
    const fault = `Failed to read zip entry 'a.lua' from ${cache}/lua-pure-wasm.zip: specified file not found in archive`;
    expect(problems).toEqual([`${fault}. Automatic redownload and reinstall also failed: ${fault}`]);
    expect(world.requests).toEqual([`${cdn}/p.zip`, `${cdn}/p.zip`]);
    expect(world.vfs.list(cache)).toEqual([]);
    expect(world.vfs.stat(`${installs}/pure/1.0.0/wasm`)).toBeUndefined();
  });

  it("replaces a stale cache file, and verifies a digest when the package names one", async () => {
    const good = strToU8("return 'good'");
    const pack = `wasm: { url: '${cdn}/p.lua', sha256: '${sha256Hex(good)}', exports: [{ archive_path: p, target_path: p.lua }] }`;
    const { world, problems } = await load(dependencies(lua(pack)), (w) => {
      w.serve(`${cdn}/p.lua`, good);
      w.write(`${cache}/lua-pure-wasm.lua`, "return 'stale'");
    });
    expect(problems).toEqual([]);
    expect(world.read(`${installs}/pure/1.0.0/wasm/p.lua`)).toBe("return 'good'");
  });

  it("never hands one skill what another skill downloaded under the same name from elsewhere", async () => {
    const pack = (host: string) =>
      `wasm: { url: 'https://${host}/p.lua', exports: [{ archive_path: p, target_path: p.lua }] }`;
    const world = new SkillWorld();
    const evil = dependencies(lua(pack("evil.test")));
    world.addSkill(user.skills_dir, "aaa", {
      ...skillFiles("aaa"),
      "dependencies.yaml": evil["dependencies.yaml"] ?? "",
    });
    world.addSkill(user.skills_dir, "demo", dependencies(lua(pack("good.test"))));
    world.serve("https://evil.test/p.lua", "return 'evil'");
    world.serve("https://good.test/p.lua", "return 'good'");
    await world.load();
    expect(world.read(`${installs}/pure/1.0.0/wasm/p.lua`)).toBe("return 'good'");
  });

  it("resolves a skilllist, and says what it lacks", async () => {
    const item = (name: string) =>
      `{ name: ${name}, version: 3.1, required: true, source: { type: skilllist, skilllist: { url: '${cdn}/list.yaml', package: ${name} } }, packages: {} }`;
    const list = `packages:\n  one: { version: 9.9, packages: { any: { url: '${cdn}/one.lua', exports: [{ archive_path: x, target_path: 'one-{version}.lua' }] } } }\n  two: { packages: { windows-x64: { url: u, exports: [] } } }\n`;
    const prepare = (w: SkillWorld) => {
      w.serve(`${cdn}/list.yaml`, list);
      w.serve(`${cdn}/one.lua`, "return 1");
    };
    const { world, problems } = await load(dependencies(item("one")), prepare);
    expect(problems).toEqual([]);
    expect(world.read(`${installs}/one/3.1/wasm/one-3.1.lua`)).toBe("return 1");
    expect((await load(dependencies(item("two")), prepare)).problems).toEqual([
      "dependency 'two' skilllist package 'two' does not support platform 'wasm'",
    ]);
    expect((await load(dependencies(item("three")), prepare)).problems).toEqual([
      "dependency 'three' cannot find package 'three' in skilllist",
    ]);
  });

  it("a download that fails is not tried again; an archive that does not install is, once", async () => {
    const pack = (url: string) =>
      `wasm: { url: '${url}', exports: [{ archive_path: p, target_path: p }, { archive_path: q, target_path: q }] }`;
    const dead = await load(dependencies(lua(pack(`${cdn}/dead.lua`))), () => {});
    expect(dead.problems).toMatchObject([expect.stringMatching(/^Failed to download [^;]*dead\.lua/)]);
    expect(dead.problems[0]).not.toContain("Automatic redownload");
    expect(dead.world.requests).toEqual([`${cdn}/dead.lua`]);
    const raw = await load(dependencies(lua(pack(`${cdn}/p.lua`))), (w) => w.serve(`${cdn}/p.lua`, "x"));
    expect(raw.world.requests).toEqual([`${cdn}/p.lua`, `${cdn}/p.lua`]);
    expect(raw.world.logs.map((line) => line.message)).toContain(
      "[LuaSkills:dependency] Dependency 'pure' install from cached archive failed once, retrying after cache cleanup: raw dependency payload must declare exactly one export",
    );
  });

  it("warns about optional ones it may not fetch, and needs required ones", async () => {
    const pack = `wasm: { url: '${cdn}/p.lua', exports: [{ archive_path: p, target_path: p.lua }] }`;
    const off = { allow_network_download: false };
    const optional = await load(dependencies(lua(pack, "required: false, ")), () => {}, off);
    expect(optional.problems).toEqual([]);
    expect(optional.world.logs.filter((line) => line.level === "warn").map((line) => line.message)).toEqual([
      "[LuaSkills:dependency] Optional dependency 'pure' is missing and download is disabled",
    ]);
    const required = await load(dependencies(lua(pack)), () => {}, off);
    expect(required.problems).toEqual([
      "required dependency 'pure' is missing and network download is disabled. Put its files where they are looked for, or allow the download with hostOptions: { allow_network_download: true }",
    ]);
  });
});

describe("cleaning up", () => {
  const list = (...versions: Array<[name: string, version: string]>) =>
    parseDependencies(
      `lua_dependencies: [${versions.map(([name, version]) => `{ name: ${name}, version: ${version}, source: { type: url }, packages: { any: {} } }`).join(", ")}]\n`,
      "/d.yaml",
    );

  it("removes changed and dropped trees, keeps the others", () => {
    const world = new SkillWorld();
    for (const path of ["a/1.0.0", "b/1.0.0", "c/1.0.0", "a/2.0.0"]) world.write(`${installs}/${path}/wasm/x.lua`, "");
    const before = list(["a", "1.0.0"], ["b", "1.0.0"], ["c", "1.0.0"]);
    const after = list(["a", "2.0.0"], ["b", "1.0.0"]);
    removeStaleDependencies(world.vfs, user, world.options, "demo", before, after);
    expect(world.vfs.list(installs)).toEqual(["a", "b"]);
    expect(world.vfs.list(`${installs}/a`)).toEqual(["2.0.0"]);
    removeStaleDependencies(world.vfs, user, world.options, "demo", after, after);
    expect(world.vfs.list(installs)).toEqual(["a", "b"]);
  });
});

it("a gzip bomb stops at the limit", () => {
  const bomb = gzipSync(new Uint8Array(20_000_000));
  expect(bomb.byteLength).toBeLessThan(100_000);
  expect(() => readTarGz(bomb, 1_000_000)).toThrow("limits.archiveBytes");
});
