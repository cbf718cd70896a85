import { LuaSkillsError } from "../../../errors.ts";
import { objectOf, optionalNumber, optionalText, type Params, textOf } from "../../params.ts";

export type RuntimeKind = "node" | "python";

/** A file of the package and what it says. */
export interface PackageFile {
  /** Relative to the package. */
  readonly path: string;
  readonly text: string;
}

/** What a package's `dependencies.yaml` says of a runtime. */
export interface RuntimeDeclaration {
  readonly version: string;
  readonly manifest?: PackageFile;
  readonly lockfile?: PackageFile;
}

export interface Invocation {
  /** The package's files, where the runtime brought them. */
  readonly folder: string;
  /** Raised whenever these changed: what was loaded of them before is old. */
  readonly revision: number;
  /** Relative to the folder. */
  readonly file: string;
  readonly handler: string | undefined;
  /** JSON. */
  readonly args: string;
  readonly context: Params;
  readonly timeoutMs: number | undefined;
}

/** @throws LuaSkillsError `invalid_argument`, as all of these do */
export function kindOf(params: Params): RuntimeKind {
  const { kind } = params;
  if (kind === "node" || kind === "python") return kind;
  throw new LuaSkillsError("invalid_argument", "the bridge knows the runtimes node and python");
}

export function declarationOf(params: Params): RuntimeDeclaration {
  const given = objectOf(params.declaration, "declaration");
  const file = (name: string): PackageFile | undefined => {
    if (given[name] === undefined || given[name] === null) return undefined;
    const { path, text } = objectOf(given[name], name);
    const found = { path: textOf({ path }, "path"), text: textOf({ text }, "text") };
    checkRelative(found.path);
    return found;
  };
  const manifest = file("manifest");
  const lockfile = file("lockfile");
  return { version: textOf(given, "version"), ...(manifest ? { manifest } : {}), ...(lockfile ? { lockfile } : {}) };
}

export function invocationOf(params: Params): Invocation {
  const file = textOf(params, "file");
  checkRelative(file);
  return {
    folder: textOf(params, "folder"),
    revision: optionalNumber(params, "revision") ?? 0,
    file,
    handler: optionalText(params, "handler"),
    args: textOf(params, "args"),
    context: objectOf(params.context ?? {}, "context"),
    timeoutMs: optionalNumber(params, "timeoutMs"),
  };
}

function checkRelative(path: string): void {
  const parts = path.split("/");
  if (parts.every((part) => part !== "" && part !== "." && part !== "..") && !/[\\:]/.test(path)) return;
  throw new LuaSkillsError("permission_denied", `the path ${JSON.stringify(path)} leads out of the package`);
}
