/**
 * Makes the dependencies of a skill ready (spec engine.md §9.3), with the policy on native kinds of §9.7.
 * @module
 */
import type { LogEvent, SkillRoot } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { ArchiveLimits } from "../../vfs/archive.ts";
import type { Vfs } from "../../vfs/interface.ts";
import type { HostOptions } from "../options/host-options.ts";
import type { SkillInstance } from "../registry/instances.ts";
import type { Network } from "../sources/network.ts";
import { reasonText } from "../vfs-text.ts";
import { downloadOption } from "./hint.ts";
import { dependencyKinds, dependencyRoot, downloadCacheOf, hostScopeRoot, skillScopeRoot } from "./layout.ts";
import { type Dependency, readDependencies } from "./manifest.ts";
import { type ChosenPackage, choosePackage } from "./platform.ts";
import { exportsExist, isInstalled } from "./probe.ts";

export interface SkillDependenciesOptions {
  readonly vfs: Vfs;
  readonly options: HostOptions;
  readonly policy: "strict" | "lenient";
  readonly network: Network;
  readonly limits: ArchiveLimits;
  log(event: LogEvent): void;
  /**
   * Whether the host (a native bridge, say) has this dependency itself: nothing is probed or downloaded then. `directory` is
   * where it would be, below that come version and platform.
   */
  claims?(dependency: Dependency, directory: string): boolean | Promise<boolean>;
}

export class SkillDependencies {
  readonly #o: SkillDependenciesOptions;
  readonly #created = new Set<string>();

  constructor(options: SkillDependenciesOptions) {
    this.#o = options;
  }

  /** @throws LuaSkillsError `storage_error`: aborts the load. */
  createDirectories(root: SkillRoot): void {
    const { vfs, options } = this.#o;
    const paths = dependencyKinds.flatMap((kind) => [
      skillScopeRoot(root, options, kind),
      hostScopeRoot(root, options, kind),
    ]);
    for (const path of [...paths, downloadCacheOf(root, options)]) {
      if (this.#created.has(path)) continue;
      try {
        vfs.mkdir(path, { recursive: true });
      } catch (thrown) {
        throw new LuaSkillsError("storage_error", `Failed to create ${path}: ${reasonText(thrown)}`, { cause: thrown });
      }
      this.#created.add(path);
    }
  }

  /** @throws when a required dependency is missing: the skill is skipped. */
  async prepare(instance: SkillInstance): Promise<void> {
    for (const dependency of readDependencies(this.#o.vfs, instance.dir)) {
      if (dependency.kind === "lua") {
        await this.#ensure(instance, dependency).catch((thrown) => {
          throw about(dependency, thrown);
        });
        continue;
      }
      // Without a bridge a native dependency can hardly be met; an optional one must not take its skill down.
      try {
        await this.#ensure(instance, dependency);
      } catch (thrown) {
        if (thrown instanceof LuaSkillsError && thrown.code === "aborted") throw thrown;
        if (dependency.required && this.#o.policy === "strict") throw about(dependency, thrown);
        this.#log(
          "warn",
          `${dependency.required ? "required" : "optional"} ${dependency.kind} dependency '${dependency.name}' is unavailable: ${reasonText(thrown)}`,
        );
      }
    }
  }

  async #ensure(instance: SkillInstance, dependency: Dependency): Promise<void> {
    const { vfs, options, network, limits } = this.#o;
    const { name } = dependency;
    const directory = dependencyRoot(instance.root, options, instance.skillId, dependency);
    if (await this.#o.claims?.(dependency, directory)) return;
    const local = choosePackage(dependency.kind, dependency.packages);
    const reuse = (chosen: ChosenPackage) =>
      this.#log("info", `Skill '${instance.skillId}' reuses existing dependency '${name}' on ${chosen.directory}`);
    if (local !== undefined) {
      requireExports(name, local.package.exports);
      if (isInstalled(vfs, directory, dependency, local)) return reuse(local);
    }
    if (dependency.scope === "host") {
      if (dependency.required) throw missing(`required host dependency '${name}' is missing`);
      return this.#log("warn", `Optional host dependency '${name}' is missing`);
    }
    if (!options.allowNetworkDownload) {
      if (dependency.required)
        throw missing(`required dependency '${name}' is missing and network download is disabled`, {
          option: downloadOption,
        });
      return this.#log("warn", `Optional dependency '${name}' is missing and download is disabled`);
    }
    const { downloadDependency, resolveDependency } = await import("./fetch.ts");
    const sources = {
      vfs,
      network,
      cacheDir: downloadCacheOf(instance.root, options),
      log: (event: LogEvent) => this.#o.log(event),
    };
    const resolved = await resolveDependency(sources, dependency);
    requireExports(name, resolved.chosen.package.exports);
    const present = () => {
      const values = { ...resolved.values, version: resolved.version ?? "unversioned" };
      return exportsExist(vfs, directory, name, resolved.chosen, values);
    };
    if (present()) return reuse(resolved.chosen);
    await downloadDependency(sources, directory, dependency, resolved, limits);
    if (!present()) throw missing(`dependency '${name}' was downloaded but exported files are still missing`);
    this.#log("info", `Installed dependency '${name}' for skill '${instance.skillId}' on ${resolved.chosen.directory}`);
  }

  #log(level: "info" | "warn", message: string): void {
    this.#o.log({ level, message: `[LuaSkills:dependency] ${message}` });
  }
}

function requireExports(name: string, exports: readonly unknown[]): void {
  if (exports.length === 0)
    throw new LuaSkillsError("invalid_manifest", `dependency '${name}' must declare at least one export`);
}

/** For whoever is told of it as a problem: what to do differs by kind. */
function about({ name, kind }: Dependency, thrown: unknown): LuaSkillsError {
  const error = LuaSkillsError.from(thrown, "invalid_manifest");
  return new LuaSkillsError(error.code, error.message, {
    data: { ...error.data, dependency: name, dependencyKind: kind },
    cause: error.cause,
  });
}

function missing(message: string, data: Readonly<Record<string, unknown>> = {}): LuaSkillsError {
  return new LuaSkillsError("not_found", message, { data });
}
