import type { DecodedManifest } from "../../skills/manifest/decode.ts";
import type { Position } from "./finding.ts";

/** A manifest that decodes, beside the files of its package. */
export interface CheckedManifest {
  readonly skillId: string;
  readonly manifest: DecodedManifest;
  readonly files: ReadonlyMap<string, Uint8Array>;
  position(keys: ReadonlyArray<string | number>): Position;
}

/** Says that a file the manifest names is not there, and what is, below the folder where such files lie; undefined: it is. */
export function missingFile(files: CheckedManifest["files"], path: string, folder: string): string | undefined {
  const wanted = path
    .replaceAll("\\", "/")
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
  if (files.has(wanted)) return undefined;
  const names = [...files.keys()].filter((each) => each.startsWith(`${folder}/`));
  const other = names.find((each) => each.toLowerCase() === wanted.toLowerCase());
  if (other !== undefined) return `${path} does not exist; ${other} does, and capitals count`;
  const some = names.slice(0, 5).join(", ") || "nothing";
  return `${path} does not exist; in ${folder}/ there is ${some}${names.length > 5 ? ", …" : ""}`;
}
