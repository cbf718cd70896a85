import { unzipSync, zipSync } from "fflate";

/** The files of a skill as a package: below one folder with the skill's id, so that it can be added again. */
export function asPackage(skillId: string, zip: Uint8Array): Uint8Array {
  const files = Object.entries(unzipSync(zip)).map(([name, bytes]) => [`${skillId}/${name}`, bytes] as const);
  return zipSync(Object.fromEntries(files));
}
