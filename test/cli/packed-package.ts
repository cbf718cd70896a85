/**
 * The package as it is published, installed where a person would have it.
 * @module
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { root } from "../../scripts/build/bundle.ts";
import { type Ended, ended } from "./ended.ts";

export interface Installed {
  /** An empty folder to work in. */
  readonly folder: string;
  /** A command line, typed into the shell in a folder. */
  type(line: string, where?: string): Promise<Ended>;
  remove(): Promise<void>;
}

/** What it depends on is found above, in the repository. */
export async function installedPackage(): Promise<Installed> {
  const cache = path.join(root, ".cache");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(path.join(cache, "packed-"));
  const package_ = path.join(folder, "node_modules/luaskills-wasm");
  await mkdir(package_, { recursive: true });
  const packed = run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root);
  const [{ filename = "" } = {}] = JSON.parse(packed) as Array<{ filename: string }>;
  run("tar", ["xzf", path.join(folder, filename), "--strip-components=1", "-C", package_], folder);
  await rm(path.join(folder, filename));
  await mkdir(path.join(folder, "node_modules/.bin"));
  await symlink("../luaskills-wasm/dist/cli.js", path.join(folder, "node_modules/.bin/luaskills-wasm"));
  return {
    folder,
    type: (line, where = folder) => ended(spawn("sh", ["-c", line], { cwd: where, stdio: ["ignore", "pipe", "pipe"] })),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${stderr}`);
  return stdout;
}
