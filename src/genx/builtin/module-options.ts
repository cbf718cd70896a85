import { LuaSkillsError } from "../../errors.ts";
import type { GenxCompat } from "./services.ts";

/** What a runtime says about GenX: `moduleOptions: { genx: … }`. */
export interface GenxModuleOptions extends GenxCompat {
  /** Texts that `require` finds, by path: `demo/a.lua`, `demo/init.luau`. */
  readonly packages?: Readonly<Record<string, string>>;
  /** Of `.luau` files. `wippy`: also `expr as T` and `T[]`. Default `luau`. */
  readonly dialect?: "luau" | "wippy";
  /** Where `kvs_*` keeps its values. Default: in memory. */
  readonly kvs?: { readonly kind: "memory" } | { readonly kind: "vfs"; readonly path: string };
}

/** @throws LuaSkillsError `invalid_argument` naming the option */
export function readOptions(
  given: unknown,
): Required<Pick<GenxModuleOptions, "packages" | "kvs" | "dialect">> & GenxCompat {
  const {
    packages = {},
    kvs = { kind: "memory" },
    dialect = "luau",
    requireNil,
    eofText,
  } = (given ?? {}) as GenxModuleOptions;
  for (const [path, text] of Object.entries(packages)) {
    if (typeof text !== "string") throw refused(`packages: "${path}" must be a text, got ${typeof text}`);
  }
  if (kvs.kind !== "memory" && (kvs.kind !== "vfs" || !kvs.path?.startsWith("/"))) {
    throw refused('kvs must be { kind: "memory" } or { kind: "vfs", path } with an absolute path');
  }
  if (dialect !== "luau" && dialect !== "wippy") throw refused('dialect must be "luau" or "wippy"');
  if (requireNil !== undefined && typeof requireNil !== "boolean") throw refused("requireNil must be true or false");
  if (eofText !== undefined && typeof eofText !== "string") throw refused("eofText must be a text");
  return { packages, kvs, dialect, requireNil, eofText };
}

const refused = (what: string): LuaSkillsError => new LuaSkillsError("invalid_argument", `moduleOptions.genx: ${what}`);
