/**
 * The interpreters of the configuration and their package managers, looked for when they are first asked about.
 * @module
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { LuaSkillsError } from "../../../errors.ts";
import type { RuntimeRule } from "../../config.ts";
import { ProgramList } from "../process/program-list.ts";
import type { RuntimeKind } from "./runtime-request.ts";

export interface InstalledRuntime {
  readonly kind: RuntimeKind;
  readonly executable: string;
  /** `24.18.0` */
  readonly version: string;
  /** What packages are installed with; undefined: it is not there. */
  readonly packageManager: { readonly name: string; readonly executable: string } | undefined;
}

const names: Readonly<Record<RuntimeKind, readonly string[]>> = { node: ["node"], python: ["python3", "python"] };
const managers: Readonly<Record<RuntimeKind, string>> = { node: "pnpm", python: "uv" };

/** @throws LuaSkillsError `permission_denied` naming the flag, `not_found` */
export async function installedRuntime(kind: RuntimeKind, rule: RuntimeRule | undefined): Promise<InstalledRuntime> {
  if (!rule) {
    const text = `the bridge does not allow ${kind} to skills; start it with --runtime ${kind}`;
    throw new LuaSkillsError("permission_denied", text, { data: { runtime: kind } });
  }
  const executable = rule.path ?? (kind === "node" ? process.execPath : firstOf(names[kind]));
  if (executable === undefined) throw missing(kind);
  const manager = rule.packageManager ?? firstOf([managers[kind]]);
  return {
    kind,
    executable,
    version: await versionOf(kind, executable),
    packageManager: manager === undefined ? undefined : { name: managers[kind], executable: manager },
  };
}

function firstOf(programs: readonly string[]): string | undefined {
  const list = new ProgramList(programs.map((name) => ({ name })));
  return programs.map((name) => list.which(name)).find((file) => file !== undefined);
}

async function versionOf(kind: RuntimeKind, executable: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(executable, ["--version"], { timeout: 30_000, windowsHide: true });
    return /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? stdout.trim();
  } catch (cause) {
    throw missing(kind, cause);
  }
}

function missing(kind: RuntimeKind, cause?: unknown): LuaSkillsError {
  const text = `${kind} is allowed, but it is not installed beside the bridge; name it with --runtime ${kind}=/path/to/${kind}`;
  return new LuaSkillsError("not_found", text, { cause });
}
