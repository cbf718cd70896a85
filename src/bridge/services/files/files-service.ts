/**
 * The service `files`: a directory of a runtime's files for its programs, in the connection's own scratch directory. Only what
 * changed crosses, in both directions.
 * @module
 */
import { LuaSkillsError } from "../../../errors.ts";
import { bytesOf, numberOf, objectOf, type Params, textOf, textsOf } from "../../params.ts";
import type { BridgeService, ConnectionService, ServiceContext } from "../../service.ts";
import { MirrorFolder } from "./mirror-folder.ts";

const mostMirrors = 32;

export function filesService(): BridgeService {
  return { name: "files", open: (context) => filesConnection(context) };
}

function filesConnection({ scratch, config }: ServiceContext): ConnectionService {
  const mirrors = new Map<number, MirrorFolder>();
  const mirrorOf = (params: Params): MirrorFolder => {
    const mirror = mirrors.get(numberOf(params, "mirror"));
    if (!mirror) throw new LuaSkillsError("not_found", "this mirror is not open in the bridge");
    return mirror;
  };
  return {
    facts: { mirrorBytes: config.limits.mirrorBytes },
    methods: {
      /** → { mirror, path }: an empty directory. */
      open: async () => {
        if (mirrors.size >= mostMirrors) throw new LuaSkillsError("overloaded", `${mostMirrors} mirrors are open`);
        const path = await scratch.folder("mirror");
        const mirror = mirrors.size + 1;
        mirrors.set(mirror, new MirrorFolder(path, config.limits.mirrorBytes));
        return { mirror, path };
      },
      /** { folders, deletes: paths; files: [{ path, bytes }] }, all relative to the mirror. */
      push: async (given) => {
        const params = objectOf(given);
        const files = Array.isArray(params.files) ? params.files.map((file) => objectOf(file, "files")) : [];
        await mirrorOf(params).push({
          folders: textsOf(params, "folders"),
          deletes: textsOf(params, "deletes"),
          files: files.map((file) => ({ path: textOf(file, "path"), bytes: bytesOf(file, "bytes") })),
        });
      },
      /** What changed since the last push or pull, in the same shape. */
      pull: (given) => mirrorOf(objectOf(given)).pull(),
    },
    // The scratch directory goes with the connection.
    close: () => mirrors.clear(),
  };
}
