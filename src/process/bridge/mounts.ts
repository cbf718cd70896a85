/**
 * Real directories of the bridge in the tree of a runtime.
 * @module
 */
import { normalise } from "../../base/paths.ts";
import type { BridgeMount, HostCallbacks, LogEvent } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { VfsStore } from "../../vfs/interface.ts";
import { MemoryTree } from "../../vfs/memory-tree.ts";
import { MountVfs } from "../../vfs/mount.ts";
import { ReadOnlyVfs } from "../../vfs/read-only.ts";
import type { ProcessPlatform } from "../parts.ts";
import { type BridgeOptions, BridgeProcesses, openBridge } from "./bridge-provider.ts";
import { Mount } from "./mount.ts";
import { MountedStore } from "./mounted-store.ts";

export interface MountingPlatform {
  readonly store: VfsStore;
  readonly processes?: ProcessPlatform;
  readonly callbacks: HostCallbacks;
  emit(name: "log", event: LogEvent): void;
}

/**
 * The platform with the directories in its store. Closing that store writes what is left and ends the connection.
 * @throws LuaSkillsError `invalid_argument`, or what the bridge says
 */
export async function withMounts<P extends MountingPlatform>(
  platform: P,
  options: BridgeOptions,
  maxBytes: number,
): Promise<P> {
  const { link } = openBridge(options, platform.processes?.socket);
  const report = (error: unknown) => {
    const message = `[LuaSkill:error] a mounted directory could not be read again: ${String(error)}`;
    platform.emit("log", { level: "error", message });
  };
  try {
    const inner: Record<string, MemoryTree> = {};
    const outer: Record<string, MemoryTree | ReadOnlyVfs> = {};
    const changed = new Set<string>();
    const wanted = Object.entries(options.mount ?? {}).map(([given, mount]) => [checked(given, mount), mount] as const);
    for (const [at, mount] of wanted) {
      const note = () => void changed.add(at);
      const tree = new MemoryTree({ quotaBytes: maxBytes, observer: { touched: note, removed: note } });
      inner[at] = tree;
      outer[at] = mount.access === "read-write" ? tree : new ReadOnlyVfs(tree);
    }
    const files = new MountVfs(inner);
    const mounts = wanted.map(([at, mount]) => new Mount(link, at, mount, files, report));
    for (const mount of mounts) await mount.pull();
    changed.clear();
    const store = new MountedStore(platform.store, new MountVfs({ "/": platform.store.fs, ...outer }), {
      mounts,
      changed,
      close: () => link.close(),
    });
    // The store's own close ends the connection, when everything is written.
    const shared = {
      call: link.call.bind(link),
      facts: link.facts.bind(link),
      onEvent: link.onEvent.bind(link),
      onLost: link.onLost.bind(link),
      close: () => {},
    };
    const bridge = { link: shared, processes: new BridgeProcesses(shared, options, mounts) };
    return { ...platform, store, processes: { ...platform.processes, bridge } };
  } catch (error) {
    link.close();
    throw error;
  }
}

function checked(at: string, { directory, access }: BridgeMount): string {
  const place = normalise(at);
  if (!at.startsWith("/") || place === "/") {
    throw wrong(`"${at}" is no place to mount at; name an absolute path below /, such as "/project"`);
  }
  if (typeof directory !== "string" || directory === "")
    throw wrong(`"${at}" needs the directory of the bridge's machine`);
  if (access !== undefined && access !== "read-only" && access !== "read-write") {
    throw wrong(`access of "${at}" must be "read-only" or "read-write"`);
  }
  return place;
}

const wrong = (what: string): LuaSkillsError => new LuaSkillsError("invalid_argument", `process.mount: ${what}`);
