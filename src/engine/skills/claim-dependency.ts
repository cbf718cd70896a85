/**
 * Native dependencies that what runs programs here stands in for: a tool that is a program of the embedded shell or of the
 * bridge counts as installed, and where its package would have put it is a script that runs it.
 * @module
 */
import { basename } from "../../base/paths.ts";
import type { LogEvent } from "../../contract/contract.ts";
import type { Processes } from "../../process/parts.ts";
import { programScript } from "../../process/program-script.ts";
import type { Dependency } from "../../skills/dependencies/manifest.ts";
import { expandExports } from "../../skills/dependencies/template.ts";
import type { Vfs } from "../../vfs/interface.ts";

/** What of an engine this needs. */
interface ClaimServices {
  readonly vfs: Vfs;
  readonly processes: Processes;
  /** Whether skills load although a native library they want is not there. */
  readonly toleratesLibraries: boolean;
  log(event: LogEvent): void;
}

/** Platforms whose folders skills look into: ours, and those they derive from `vulcan.os.info()` and `jit`. */
const platforms = ["wasm", "any", "linux-x64", "linux-arm64", "macos-x64", "macos-arm64"];

/**
 * @param directory of the dependency: below it come `<version>/<platform>`
 * @returns whether nothing is to be installed
 */
export async function claimDependency(
  services: ClaimServices,
  dependency: Dependency,
  directory: string,
): Promise<boolean> {
  if (dependency.kind === "ffi") return toleratesLibrary(services, dependency);
  if (dependency.kind !== "tool") return false;
  const version = dependency.version ?? "unversioned";
  const values = { version, tag: version };
  let claimed = false;
  for (const platform of platforms) {
    const found = dependency.packages.get(platform);
    if (!found) continue;
    for (const { targetPath } of expandExports(dependency.name, found.exports, values)) {
      const program = basename(`/${targetPath}`).replace(/\.exe$/i, "");
      if (!(await services.processes.has(program))) return false;
      putScript(services, `${directory}/${version}/${platform === "any" ? "wasm" : platform}/${targetPath}`, program);
      claimed = true;
    }
  }
  if (claimed) {
    const message = `[LuaSkills:dependency] tool dependency '${dependency.name}' is a program of the ${services.processes.provider.kind}`;
    services.log({ level: "info", message });
  }
  return claimed;
}

/** A file that is there is left alone: it may be the real thing, on a real disk. */
function putScript({ vfs }: ClaimServices, path: string, program: string): void {
  if (vfs.stat(path, { followLinks: true })) return;
  vfs.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  vfs.writeFile(path, programScript(program));
}

/** Without a policy of the host's own, a library that is not there is told of where it is loaded, not before. */
function toleratesLibrary(services: ClaimServices, { name, required }: Dependency): boolean {
  if (!services.toleratesLibraries) return false;
  const kind = required ? "required" : "optional";
  const message = `[LuaSkills:dependency] ${kind} ffi dependency '${name}' is unavailable: native libraries need the bridge`;
  services.log({ level: "warn", message });
  return true;
}
