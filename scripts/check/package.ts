// Is the built package what package.json promises? Exports against the table of entries, publint, attw.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { build, type Plugin } from "esbuild";
import { root } from "../build/bundle.ts";
import { entries } from "../build/entries.ts";
import { typesFrom } from "../build/types.ts";

type ExportsValue = string | { readonly [condition: string]: ExportsValue };
interface Manifest {
  readonly exports: Readonly<Record<string, ExportsValue>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}
/** Everybody who tries the package downloads it. */
const tarballBytes = 2_500_000;
/** Entries that a page imports without a bundler, by an import map or from a CDN. */
const forPages = ["index", "worker", "client", "modules", "genx", "tools", "ai-sdk", "code", "openai", "anthropic"];
interface Packed {
  readonly filename: string;
  /** Bytes of the tarball. */
  readonly size: number;
  readonly files: ReadonlyArray<{ readonly path: string }>;
}

const manifest = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as Manifest;
const checks: boolean[] = [];
const check = (name: string, problems: readonly string[]): void => {
  checks.push(problems.length === 0);
  console.log(problems.length === 0 ? `ok ${name}` : `FAILED ${name}\n  ${problems.join("\n  ")}`);
};

/** Every path an exports map leads to, with its subpath. */
function targets(value: ExportsValue, subpath: string): Array<{ subpath: string; file: string }> {
  if (typeof value === "string") return [{ subpath, file: value }];
  return Object.values(value).flatMap((inner) => targets(inner, subpath));
}
const exported = Object.entries(manifest.exports).flatMap(([subpath, value]) => targets(value, subpath));

check(
  "every export leads to a built file",
  exported.filter(({ file }) => !existsSync(path.join(root, file))).map(({ subpath, file }) => `${subpath}: ${file}`),
);
check(
  "every entry of scripts/build/entries.ts with a subpath is exported, every executable in package.json",
  entries.flatMap(({ name, subpath, source, executable }) => {
    const file = `./dist/${name}.js`;
    if (!existsSync(path.join(root, source))) return [`${name}: ${source} does not exist`];
    if (executable) return Object.values(manifest.bin).includes(file) ? [] : [`${name}: not in bin`];
    if (subpath === undefined) return [];
    return exported.some((target) => target.subpath === subpath && target.file === file)
      ? []
      : [`${subpath} does not lead to ${file}`];
  }),
);
check(
  "every exported script is in scripts/build/entries.ts",
  exported
    .filter(({ file }) => /^\.\/dist\/[\w./-]+\.js$/.test(file) && !file.includes("/types/"))
    .filter(({ file }) => !entries.some(({ name }) => file === `./dist/${name}.js`))
    .map(({ subpath, file }) => `${subpath}: ${file}`),
);

/** Packages that entries and their chunks import. */
async function packagesNamedBy(names: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  const collect: Plugin = {
    name: "collect",
    setup(b) {
      b.onResolve({ filter: /^[^./]/ }, ({ path: name, importer, kind }) => {
        if (kind !== "entry-point") found.add(`${path.basename(importer)}: ${name}`);
        return { path: name, external: true };
      });
    },
  };
  await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => `./dist/${name}.js`),
    outdir: folder,
    bundle: true,
    format: "esm",
    write: false,
    plugins: [collect],
    logLevel: "error",
  });
  return [...found];
}

function tool(name: string, command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  check(name, status === 0 ? [] : `${stdout}${stderr}`.trim().split("\n"));
}
const folder = path.join(root, ".cache", "package");
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const packed = spawnSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
  cwd: root,
  encoding: "utf8",
});
if (packed.status !== 0) throw new Error(`npm pack failed: ${packed.stderr}`);
const [tar] = JSON.parse(packed.stdout) as Packed[];
if (tar === undefined) throw new Error("npm pack made no tarball");
const { filename, files, size } = tar;
check(`the tarball has at most ${tarballBytes} bytes`, size <= tarballBytes ? [] : [`it has ${size}`]);
console.log(`  ${size} bytes in ${files.length} files`);
check(
  "the tarball holds no tests, caches or sources of its own",
  files
    .map((file) => file.path)
    .filter((file) => !/^(dist\/|types\/|docs\/|examples\/|package\.json$|README|AGENTS|LICENSE|CHANGELOG)/.test(file)),
);
const scripts = files.map((file) => file.path).filter((file) => file.endsWith(".js"));
const code = (await Promise.all(scripts.map((file) => readFile(path.join(root, file), "utf8")))).join("\n");
check(
  "every .wasm of the tarball is exported or used",
  files
    .map((file) => path.basename(file.path))
    .filter((file) => file.endsWith(".wasm") && !code.includes(`./${file}`) && !(`./${file}` in manifest.exports)),
);
const { packages } = await typesFrom(
  exported.filter(({ file }) => file.endsWith(".d.ts")).map(({ file }) => path.join(root, file)),
);
const installed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
check(
  "the types name only packages that are installed with ours, or that their reader has",
  packages.filter(
    (name) => !/^(?:node|cloudflare):/.test(name) && !installed.some((each) => `${name}/`.startsWith(`${each}/`)),
  ),
);
check("what a page imports names no package", await packagesNamedBy(forPages));
const tarball = path.join(folder, filename);
tool("publint", process.execPath, ["node_modules/publint/src/cli.js", "run", tarball, "--strict"]);
// Only ESM resolution modes: there is no CommonJS build. A .wasm file has no types.
const untyped = Object.keys(manifest.exports).filter((subpath) => subpath.endsWith(".wasm"));
tool("attw", process.execPath, [
  "node_modules/@arethetypeswrong/cli/dist/index.js",
  tarball,
  "--profile",
  "esm-only",
  "--exclude-entrypoints",
  ...untyped.map((subpath) => subpath.slice(2)),
]);

const failed = checks.filter((ok) => !ok).length;
console.log(`\n${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
