/**
 * The command line of these sources, laid out as the published package: dist/cli.js beside the wasm files, package.json above.
 * @module
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { bundle, root } from "../../scripts/build/bundle.ts";

export interface BuiltCli {
  /** Empty but for the package; folders to work in go here. */
  readonly folder: string;
  start(args: readonly string[], cwd: string, env?: NodeJS.ProcessEnv): ChildProcessWithoutNullStreams;
  remove(): Promise<void>;
}

export async function builtCli(): Promise<BuiltCli> {
  const cache = path.join(root, ".cache");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(path.join(cache, "cli-"));
  const dist = path.join(folder, "dist");
  await bundle({
    entryPoints: { cli: "src/cli/main.ts" },
    outdir: dist,
    platform: "node",
    packages: "external",
    sourcemap: false,
  });
  for (const file of ["lua.wasm", "sqlite3.wasm"]) await symlink(path.join(root, "dist", file), path.join(dist, file));
  for (const file of ["package.json", "types"])
    await cp(path.join(root, file), path.join(folder, file), { recursive: true });
  return {
    folder,
    start: (args, cwd, env = {}) =>
      spawn(process.execPath, [path.join(dist, "cli.js"), ...args], { cwd, env: { ...process.env, ...env } }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
