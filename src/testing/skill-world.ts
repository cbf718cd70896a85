/**
 * A runtime root with roots, skills and a network, for tests of everything that is not Lua.
 * @module
 */
import { strToU8, zipSync } from "fflate";
import { sha256Hex } from "../base/bytes/sha256.ts";
import type { LifecycleEvent, LogEvent, ProgressEvent, SkillRoot } from "../contract/contract.ts";
import { defaultLimits } from "../limits.ts";
import type { HttpFetch } from "../net/interface.ts";
import { ConfigStore } from "../skills/config/store.ts";
import type { LifecycleContext } from "../skills/lifecycle/context.ts";
import type { InFlight } from "../skills/lifecycle/in-flight.ts";
import type { LifecycleStep } from "../skills/lifecycle/steps.ts";
import type { LoadOutcome, LoadRequest } from "../skills/load/interface.ts";
import { loadSkills } from "../skills/load/load.ts";
import { decodeHostOptions } from "../skills/options/decode.ts";
import type { HostOptions } from "../skills/options/host-options.ts";
import { Network, type NetworkOptions } from "../skills/sources/network.ts";
import type { LoadedSkill } from "../skills/types.ts";
import { MemoryTree } from "../vfs/memory-tree.ts";

export const root: SkillRoot = { name: "ROOT", skills_dir: "/runtime/skills" };
export const project: SkillRoot = { name: "PROJECT", skills_dir: "/runtime/project/skills" };
export const user: SkillRoot = { name: "USER", skills_dir: "/runtime/user/skills" };

export const hub = "https://hub.example.test";

/** The files of a one-entry skill, relative to its folder. */
export function skillFiles(id: string, version = "1.0.0", extra: Record<string, string> = {}): Record<string, string> {
  return {
    "skill.yaml": `name: ${id}\nversion: ${version}\nentries:\n  - name: ping\n    lua_entry: runtime/ping.lua\n    lua_module: ${id}.ping\n`,
    "runtime/ping.lua": `return function() return "${id} ${version}" end\n`,
    ...extra,
  };
}

export function zipOf(id: string, files: Record<string, string>): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [`${id}/${name}`, strToU8(text)])));
}

export interface WorldOptions {
  readonly options?: Record<string, unknown>;
  readonly roots?: readonly SkillRoot[];
  readonly vfs?: MemoryTree;
  readonly policies?: Partial<LoadRequest["policies"]>;
  readonly step?: (step: LifecycleStep) => void | Promise<void>;
  readonly checkLua?: LoadRequest["checkLua"];
}

export class SkillWorld {
  now = 1_700_000_000_000;
  readonly vfs: MemoryTree;
  readonly roots: readonly SkillRoot[];
  readonly options: HostOptions;
  readonly logs: LogEvent[] = [];
  readonly lifecycle: LifecycleEvent[] = [];
  readonly progress: ProgressEvent[] = [];
  /** Answers by `GET <url>`. */
  readonly http = new Map<string, { status: number; body: Uint8Array }>();
  readonly requests: string[] = [];
  readonly inFlight: InFlight = new Set();
  loaded: readonly LoadedSkill[] = [];
  commits = 0;
  readonly #o: WorldOptions;

  constructor(options: WorldOptions = {}) {
    this.#o = options;
    this.vfs = options.vfs ?? new MemoryTree({ now: () => this.now });
    this.roots = options.roots ?? [root, user];
    this.options = decodeHostOptions(
      { allow_network_download: true, official_skill_hub_base_url: hub, ...options.options },
      { runtimeRoot: "/runtime" },
    );
    for (const { skills_dir } of this.roots) this.vfs.mkdir(skills_dir, { recursive: true });
  }

  write(path: string, text: string | Uint8Array): void {
    this.vfs.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    this.vfs.writeFile(path, typeof text === "string" ? strToU8(text) : text);
  }

  read(path: string): string | undefined {
    return this.vfs.stat(path) === undefined ? undefined : new TextDecoder().decode(this.vfs.readFile(path));
  }

  addSkill(skillsDir: string, id: string, files: Record<string, string> = skillFiles(id)): void {
    for (const [name, text] of Object.entries(files)) this.write(`${skillsDir}/${id}/${name}`, text);
  }

  serve(url: string, body: string | Uint8Array, status = 200): void {
    this.http.set(url, { status, body: typeof body === "string" ? strToU8(body) : body });
  }

  /** What the official hub says about a skill. */
  serveHub(id: string, version: string, zip: Uint8Array, sha256 = sha256Hex(zip)): void {
    const url = `${hub}/files/${id}-${version}.zip`;
    const manifest = { schema_version: 1, skill_id: id, version, archive: { type: "zip", url, sha256 } };
    this.serve(`${hub}/api/v1/skills/${id}/resolve?version=latest`, JSON.stringify(manifest));
    this.serve(url, zip);
  }

  fetch: HttpFetch = async (url) => {
    this.requests.push(url);
    const answer = this.http.get(url);
    if (answer === undefined) throw new TypeError(`no answer for ${url}`);
    return { ...answer, headers: {} };
  };

  networkOptions(): NetworkOptions {
    return { options: this.options, outlet: { fetch: this.fetch }, limits: defaultLimits };
  }

  network(): Network {
    return new Network(this.networkOptions());
  }

  async load(kind: "load" | "reload" = "load", roots = this.roots): Promise<LoadOutcome> {
    const log = (event: LogEvent) => void this.logs.push(event);
    const outcome = await loadSkills({
      vfs: this.vfs,
      inFlight: this.inFlight,
      roots,
      options: this.options,
      policies: { loadPolicy: "isolate", rootChainPolicy: "formal", ...this.#o.policies },
      dependencies: { policy: "strict", network: this.networkOptions(), limits: defaultLimits },
      config: new ConfigStore({ vfs: this.vfs, explicitPath: this.options.skillConfigFilePath }),
      ...(kind === "load" ? { previous: this.loaded } : {}),
      ...(this.#o.checkLua === undefined ? {} : { checkLua: this.#o.checkLua }),
      log,
    });
    this.loaded = outcome.registry.skills;
    return outcome;
  }

  context(): LifecycleContext {
    return {
      vfs: this.vfs,
      inFlight: this.inFlight,
      options: this.options,
      rootChainPolicy: "formal",
      loadPolicy: this.#o.policies?.loadPolicy ?? "isolate",
      verifyOnInstall: true,
      limits: defaultLimits,
      clock: { now: () => this.now },
      outlet: { fetch: (url, init) => this.fetch(url, init) },
      emitLifecycle: (event) => void this.lifecycle.push(event),
      emitProgress: (event) => void this.progress.push(event),
      log: (event) => void this.logs.push(event),
      reload: (roots) => this.load("reload", roots),
      commit: async () => {
        this.commits += 1;
      },
      ...(this.#o.step === undefined ? {} : { step: this.#o.step }),
    };
  }
}

/** A copy of everything below `/`: what a store holds when the process dies now. */
export function snapshotOf(vfs: MemoryTree): MemoryTree {
  const copy = new MemoryTree();
  const walk = (dir: string) => {
    for (const name of vfs.list(dir)) {
      const path = dir === "/" ? `/${name}` : `${dir}/${name}`;
      if (vfs.stat(path)?.kind === "dir") {
        copy.mkdir(path, { recursive: true });
        walk(path);
      } else copy.writeFile(path, vfs.readFile(path));
    }
  };
  walk("/");
  return copy;
}
