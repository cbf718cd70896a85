import type { LuauSyntaxError, TranslateOptions } from "../luau/to-lua.ts";

/** A module that `require` may run, or why it cannot. */
export interface FoundPackage {
  /** Its name with `/`. */
  readonly name: string;
  /** Where it stands; the name of its chunk. */
  readonly path: string;
  readonly source?: string;
  readonly err?: string;
  /** It is a translated text that names libraries Lua has not. */
  readonly library?: boolean;
}

/** Where the texts of packages come from: a map in memory, or something that looks for them. */
export type PackageSource = Readonly<Record<string, string>> | ((path: string) => Promise<string | undefined>);

const endings = [".lua", ".luau", "/init.lua", "/init.luau"];
const luauLibrary =
  /\b(?:table\s*\.\s*(?:find|create|clone|clear|freeze|isfrozen|maxn)|string\s*\.\s*split|:\s*split|math\s*\.\s*(?:round|clamp|sign|lerp|map|isnan|isinf|isfinite)|bit32|buffer|typeof|task)\b/;

/** The packages of a runtime; Luau is translated when it is asked for. */
export class Packages {
  readonly #sources: readonly PackageSource[];
  readonly #dialect: TranslateOptions["dialect"];
  readonly #found = new Map<string, FoundPackage>();

  /** @param sources asked in this order */
  constructor(sources: readonly PackageSource[], dialect: TranslateOptions["dialect"] = "luau") {
    this.#sources = sources;
    this.#dialect = dialect;
  }

  /** A dotted name is looked for as it is, and then with slashes. */
  async find(name: string): Promise<FoundPackage | undefined> {
    const known = this.#found.get(name);
    if (known) return known;
    const found =
      (await this.#find(name)) ?? (name.includes(".") ? await this.#find(name.replaceAll(".", "/")) : undefined);
    if (found) this.#found.set(name, found);
    return found;
  }

  async #find(name: string): Promise<FoundPackage | undefined> {
    for (const ending of endings) {
      const path = name + ending;
      // Declarations only: they have no code.
      if (path.endsWith(".d.luau")) continue;
      const source = await this.#read(path);
      if (source !== undefined)
        return { name, path, ...(await translated(source, path.endsWith(".luau"), this.#dialect)) };
    }
    return undefined;
  }

  async #read(path: string): Promise<string | undefined> {
    for (const source of this.#sources) {
      if (typeof source === "function") {
        const text = await source(path);
        if (text !== undefined) return text;
      } else if (Object.hasOwn(source, path)) return source[path];
    }
    return undefined;
  }
}

/** The Lua of a text; `err` with line and column when it has none. */
export async function translated(
  source: string,
  isLuau: boolean,
  dialect?: TranslateOptions["dialect"],
): Promise<Pick<FoundPackage, "source" | "err" | "library">> {
  if (!isLuau) return { source };
  const { toLua } = await import("../luau/to-lua.ts");
  try {
    return { source: toLua(source, { dialect }), library: luauLibrary.test(source) };
  } catch (error) {
    return { err: (error as LuauSyntaxError).message };
  }
}
