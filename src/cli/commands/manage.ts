/**
 * Packages of a folder of skills: in, out, on and off.
 * @module
 */
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { exitCodes } from "../../base/error-status.ts";
import type { InstallSource, Runtime, SkillApplyResult, SkillPermissions } from "../../contract/contract.ts";
import { listed } from "../../skills/manifest/permissions.ts";
import { type EngineSwitches, onFolder } from "../folder/on-folder.ts";
import type { OpenOptions } from "../folder/open-runtime.ts";
import { openSkillsFolder } from "../folder/skills-folder.ts";
import type { CommonSwitches, Run } from "../run.ts";
import { usageError } from "../usage-error.ts";
import { packageSource } from "./package-source.ts";

interface InstallSwitches extends EngineSwitches, CommonSwitches {
  readonly sha256?: string;
  readonly id?: string;
  readonly replace?: boolean;
}

interface UninstallSwitches extends EngineSwitches, CommonSwitches {
  readonly data?: boolean;
}

/** `luaskills-wasm install`: the folder of skills is made when it is missing. */
export async function install(run: Run, skills: string, source: string, switches: InstallSwitches): Promise<number> {
  // What cannot be installed leaves no folder behind.
  const given = await packageSource(source, switches, "install");
  if (!existsSync(skills)) mkdirSync(skills, { recursive: true });
  return apply(run, skills, given, switches, "install");
}

/** `luaskills-wasm update`: from a source, or from where an installed skill came from. */
export async function update(run: Run, skills: string, source: string, switches: InstallSwitches): Promise<number> {
  return apply(run, skills, await packageSource(source, switches, "update"), switches, "update");
}

async function apply(
  run: Run,
  skills: string,
  source: InstallSource,
  switches: InstallSwitches,
  what: "install" | "update",
): Promise<number> {
  // Whoever gives an address here wants it fetched.
  const options = { hostOptions: { allow_network_download: true } };
  const work = async (runtime: Runtime) => {
    runtime.on("progress", ({ phase, percent }) =>
      run.report.info(percent === null ? phase : `${phase} ${Math.round(percent)} %`),
    );
    const result = await runtime.skills[what](source, { ...(switches.replace ? { replace: true } : {}) });
    if (switches.json) run.json(result);
    else run.print(outcomeText(result, "zip" in source) + needsText(result.permissions));
    if (result.status === "missing_skill") return exitCodes.skillFailed;
    // The package that was given is not what is there now.
    return result.other_files ? exitCodes.usage : exitCodes.ok;
  };
  return managed(run, skills, switches, work, options);
}

/** @param compared whether the engine has held the package's files against those that are there */
function outcomeText(result: SkillApplyResult, compared: boolean): string {
  const { skill_id, status, message, other_files } = result;
  if (other_files) {
    return (
      `nothing was changed: ${skill_id} is there with other files than this package; ` +
      "install it with --replace to put the package in their place, or give it a higher version and update"
    );
  }
  if (status !== "already_installed") return message;
  return compared
    ? `nothing was changed: ${skill_id} is installed already, with the files of this package`
    : `nothing was changed: ${skill_id} is installed already; update looks for a newer version`;
}

/** `luaskills-wasm uninstall`: databases stay unless `--data` is given. */
export async function uninstall(run: Run, skills: string, id: string, switches: UninstallSwitches): Promise<number> {
  return managed(run, skills, switches, async (runtime) => {
    const all = switches.data === true;
    const result = await runtime.skills.uninstall(id, { removeSqlite: all, removeLancedb: all });
    if (switches.json) run.json(result);
    else run.print(result.message);
    return exitCodes.ok;
  });
}

export async function enable(run: Run, skills: string, id: string, switches: EngineSwitches): Promise<number> {
  return managed(run, skills, switches, async (runtime) => {
    await runtime.skills.enable(id);
    run.print(`${id} is enabled`);
    return exitCodes.ok;
  });
}

export async function disable(
  run: Run,
  skills: string,
  id: string,
  switches: EngineSwitches & { readonly reason?: string },
): Promise<number> {
  return managed(run, skills, switches, async (runtime) => {
    await runtime.skills.disable(id, switches.reason);
    run.print(`${id} is disabled`);
    return exitCodes.ok;
  });
}

/** What it says it needs, on lines of their own. */
function needsText(permissions: SkillPermissions | undefined): string {
  const lines = listed(permissions).map(({ grant, resource }) => `\n  ${grant} ${resource}`);
  return lines.length === 0 ? "" : `\nit says that it needs:${lines.join("")}`;
}

function managed(
  run: Run,
  skills: string,
  switches: EngineSwitches,
  work: (runtime: Runtime) => Promise<number>,
  options: OpenOptions = {},
): Promise<number> {
  if (openSkillsFolder(skills, { allowHome: switches.allowHome ?? false }).kind === "skill") {
    throw usageError(`${path.resolve(skills)} is one skill; packages are kept in a folder of skills`);
  }
  return onFolder(run, skills, switches, ({ runtime }) => work(runtime), options);
}
