/**
 * The packages a skill's lock file names, installed once for everybody whose files say the same.
 * @module
 */
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { LuaSkillsError } from "../../../errors.ts";
import { runProgram } from "../process/run-program.ts";
import type { InstalledRuntime } from "./installed-runtime.ts";
import type { RuntimeDeclaration } from "./runtime-request.ts";

export interface PackageEnvironment {
  /** The same for the same runtime and files. */
  readonly hash: string;
  readonly directory: string;
  /** False when a lock file names nothing, or is not there: then nothing is installed. */
  readonly hasPackages: boolean;
  /** What runs handlers. */
  readonly executable: string;
}

export interface InstallRules {
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number | undefined;
  readonly maxOutputBytes: number;
  readonly signal: AbortSignal;
}

const marker = ".ready";

export function environmentFor(
  runtime: InstalledRuntime,
  { manifest, lockfile }: RuntimeDeclaration,
  root: string,
): PackageEnvironment {
  const facts = [runtime.kind, runtime.version, process.platform, process.arch, manifest?.text, lockfile?.text];
  const hash = createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 32);
  const directory = path.join(root, `${runtime.kind}-${hash}`);
  const hasPackages = runtime.kind === "node" ? namesPackages(manifest?.text) : lockfile !== undefined;
  const executable = runtime.kind === "python" && hasPackages ? venv(directory).python : runtime.executable;
  return { hash, directory, hasPackages, executable };
}

export function isReady({ hasPackages, directory }: PackageEnvironment): boolean {
  return !hasPackages || existsSync(path.join(directory, marker));
}

/** Installs beside, and moves it where it belongs when it is whole. @throws LuaSkillsError `bridge_error` with the last lines of the installer */
export async function install(
  runtime: InstalledRuntime,
  declaration: RuntimeDeclaration,
  environment: PackageEnvironment,
  rules: InstallRules,
): Promise<void> {
  const { directory } = environment;
  // A virtual environment knows where it lies: it is made in its place, and counts when the marker is there.
  const place = runtime.kind === "python" ? directory : `${directory}.${randomUUID()}`;
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { recursive: true, mode: 0o700 });
  try {
    for (const { text, name } of filesOf(runtime, declaration)) await writeFile(path.join(place, name), text);
    for (const [file, ...args] of commandsOf(runtime, place)) await run(file, args, place, rules);
    await writeFile(path.join(place, marker), "");
    if (place !== directory) {
      await rm(directory, { recursive: true, force: true });
      await rename(place, directory);
    }
  } catch (error) {
    await rm(place, { recursive: true, force: true });
    throw error;
  }
}

function filesOf({ kind }: InstalledRuntime, { manifest, lockfile }: RuntimeDeclaration) {
  const names = kind === "node" ? ["package.json", "pnpm-lock.yaml"] : ["pyproject.toml", "requirements.lock"];
  return [manifest, lockfile].flatMap((file, i) => (file ? [{ text: file.text, name: names[i] ?? "" }] : []));
}

function commandsOf({ kind, executable, packageManager }: InstalledRuntime, place: string): [string, ...string[]][] {
  const manager = packageManager?.executable;
  if (kind === "node") {
    if (manager === undefined) {
      const text = "this package needs npm packages, and pnpm is not installed beside the bridge";
      throw new LuaSkillsError("not_found", text);
    }
    // Packages of a lock file run no scripts of their own here.
    return [[manager, "install", "--frozen-lockfile", "--prod", "--ignore-scripts"]];
  }
  const { folder, python } = venv(place);
  const lock = path.join(place, "requirements.lock");
  if (manager !== undefined) {
    return [
      [manager, "venv", "--python", executable, folder],
      [manager, "pip", "install", "--python", python, "-r", lock],
    ];
  }
  return [
    [executable, "-m", "venv", folder],
    [python, "-m", "pip", "install", "--disable-pip-version-check", "-r", lock],
  ];
}

/** The virtual environment of Python in an environment's directory. */
function venv(directory: string): { readonly folder: string; readonly python: string } {
  const folder = path.join(directory, "venv");
  const inside = process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
  return { folder, python: path.join(folder, ...inside) };
}

async function run(file: string, args: readonly string[], cwd: string, rules: InstallRules): Promise<void> {
  const start = { file, name: path.basename(file), args, cwd, env: rules.env };
  const outcome = await runProgram(start, rules);
  rules.signal.throwIfAborted();
  if (outcome.kind === "finished" && outcome.code === 0) return;
  const why =
    outcome.kind === "failed"
      ? outcome.reason
      : outcome.timedOut
        ? "it took too long"
        : lastLines(outcome.stderr.length > 0 ? outcome.stderr : outcome.stdout);
  throw new LuaSkillsError("bridge_error", `${start.name} ${args[0]} could not install the packages: ${why}`);
}

function lastLines(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).trim().split("\n").slice(-5).join("\n").slice(-1_000);
}

function namesPackages(manifest: string | undefined): boolean {
  if (manifest === undefined) return false;
  try {
    const { dependencies } = JSON.parse(manifest) as { dependencies?: object };
    return Object.keys(dependencies ?? {}).length > 0;
  } catch (cause) {
    throw new LuaSkillsError("invalid_argument", "the package.json of node_runtime is not JSON", { cause });
  }
}
