/**
 * The service `files`: a directory of a runtime's files for its programs, in the connection's own scratch directory, and real
 * directories in the runtime's own tree. Only what changed crosses, in both directions.
 * @module
 */
import { LuaSkillsError } from "../../../errors.ts";
import { bytesOf, numberOf, objectOf, type Params, textOf, textsOf } from "../../params.ts";
import type { BridgeService, ConnectionService, ServiceContext } from "../../service.ts";
import { FolderWatch } from "./folder-watch.ts";
import { MirrorFolder } from "./mirror-folder.ts";
import { allowedMount } from "./mount-rules.ts";

const mostMirrors = 32;

interface OpenFolder {
  readonly folder: MirrorFolder;
  readonly readonly: boolean;
  readonly watch?: FolderWatch;
}

export function filesService(): BridgeService {
  return { name: "files", open: (context) => filesConnection(context) };
}

function filesConnection({ scratch, config, audit, origin, emit }: ServiceContext): ConnectionService {
  const mirrors = new Map<number, OpenFolder>();
  const add = (folder: MirrorFolder, rest: Omit<OpenFolder, "folder">): number => {
    if (mirrors.size >= mostMirrors) throw new LuaSkillsError("overloaded", `${mostMirrors} mirrors are open`);
    const mirror = mirrors.size + 1;
    mirrors.set(mirror, { folder, ...rest });
    return mirror;
  };
  const mirrorOf = (params: Params): OpenFolder => {
    const mirror = mirrors.get(numberOf(params, "mirror"));
    if (!mirror) throw new LuaSkillsError("not_found", "this mirror is not open in the bridge");
    return mirror;
  };
  return {
    facts: { mirrorBytes: config.limits.mirrorBytes, mounts: config.mounts },
    methods: {
      /** → { mirror, path }: an empty directory. */
      open: async () => {
        const path = await scratch.folder("mirror");
        const mirror = add(new MirrorFolder(path, config.limits.mirrorBytes), { readonly: false });
        return { mirror, path };
      },
      /** { directory, access, exclude } → { mirror, path }; the event `changed` { mirror } says that a pull would bring something. */
      mount: (given) => {
        const params = objectOf(given);
        const readonly = textOf(params, "access") !== "read-write";
        const path = allowedMount(config.mounts, textOf(params, "directory"), readonly);
        const folder = new MirrorFolder(path, config.limits.mirrorBytes, new Set(textsOf(params, "exclude")));
        const watch = new FolderWatch(folder, () => emit("changed", { mirror }));
        const mirror = add(folder, { readonly, watch });
        audit.write({ event: "mount", origin, path, access: readonly ? "read-only" : "read-write" });
        return { mirror, path };
      },
      /** { folders, deletes: paths; files: [{ path, bytes }] }, all relative to the mirror. */
      push: async (given) => {
        const params = objectOf(given);
        const files = Array.isArray(params.files) ? params.files.map((file) => objectOf(file, "files")) : [];
        const { folder, readonly } = mirrorOf(params);
        if (readonly) throw new LuaSkillsError("permission_denied", "this directory is mounted read-only");
        await folder.push({
          folders: textsOf(params, "folders"),
          deletes: textsOf(params, "deletes"),
          files: files.map((file) => ({ path: textOf(file, "path"), bytes: bytesOf(file, "bytes") })),
        });
      },
      /** What changed since the last push or pull, in the same shape. */
      pull: async (given) => {
        const { folder, watch } = mirrorOf(objectOf(given));
        const changes = await folder.pull();
        watch?.agreed();
        return changes;
      },
    },
    // The scratch directory goes with the connection.
    close: () => {
      for (const { watch } of mirrors.values()) watch?.close();
      mirrors.clear();
    },
  };
}
