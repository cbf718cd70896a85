/**
 * The `skills` of the options as data for the engine: functions are called, whatever holds bytes is read. Loaded with the option.
 * @module
 */
import type { BytesLike, SeedPackage, SkillFiles, SkillSeeds } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { bytesOf, isBytesLike } from "./bytes.ts";

/** @throws LuaSkillsError `invalid_argument` naming the file that is neither text nor bytes */
export async function resolveSeeds(skills: SkillSeeds): Promise<SeedPackage[]> {
  const seeds: ReadonlyArray<SkillFiles | BytesLike> = Array.isArray(skills)
    ? skills
    : [skills as SkillFiles | BytesLike];
  return Promise.all(
    seeds.map(async (seed): Promise<SeedPackage> => {
      if (isBytesLike(seed)) return { zip: await bytesOf(seed) };
      if (typeof seed !== "object" || seed === null) {
        throw new LuaSkillsError(
          "invalid_argument",
          `skills: a record of files (path → content) or the bytes of a zip, got ${seed === null ? "null" : typeof seed}`,
        );
      }
      const files = await Promise.all(
        Object.entries(seed).map(async ([path, given]) => [path, await contentOf(path, given)] as const),
      );
      return { files: Object.fromEntries(files) };
    }),
  );
}

async function contentOf(path: string, given: unknown): Promise<string | Uint8Array> {
  const value: unknown = typeof given === "function" ? await given() : given;
  if (typeof value === "string") return value;
  if (isBytesLike(value)) return bytesOf(value);
  // A module, as a glob without `import: "default"` gives it.
  if (typeof value === "object" && value !== null && "default" in value) return contentOf(path, value.default);
  throw new LuaSkillsError(
    "invalid_argument",
    `skills: the file ${path} must be text or bytes, or a function that gives them; got ${typeof value}. With Vite: ` +
      'import.meta.glob("./skills/**/*", { query: "?raw", import: "default" })',
  );
}
