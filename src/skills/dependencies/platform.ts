/**
 * Which platform package of a dependency this SDK takes (spec engine.md §9.1, decision).
 * @module
 */
import type { Dependency, DependencyPackage } from "./manifest.ts";

/** The platform every install path carries, unless a portable package of another platform was taken. */
export const wasmPlatform = "wasm";

/** Published skills derive this key from `jit.os` and `jit.arch`, so a package taken from it keeps it in its path. */
const portableFallback = "linux-x64";

export interface ChosenPackage {
  /** Directory name below `<name>/<version>/`. */
  readonly directory: string;
  readonly package: DependencyPackage;
}

/** `wasm`, then `any`; for raw or pure Lua packages of Lua dependencies also `linux-x64`, since Lua text is portable. */
export function choosePackage(
  kind: Dependency["kind"],
  packages: ReadonlyMap<string, DependencyPackage>,
): ChosenPackage | undefined {
  const own = packages.get(wasmPlatform) ?? packages.get("any");
  if (own !== undefined) return { directory: wasmPlatform, package: own };
  const portable = kind === "lua" ? packages.get(portableFallback) : undefined;
  if (portable === undefined || !isPortable(portable)) return undefined;
  return { directory: portableFallback, package: portable };
}

function isPortable(candidate: DependencyPackage): boolean {
  return candidate.archiveType === "raw" || candidate.exports.every((item) => /\.lua$/i.test(item.targetPath));
}
