/**
 * `vulcan.path` (vulcan-api.md §9): text only, nothing here looks at a filesystem. The rules are those of POSIX
 * components: repeated separators, inner `.` and trailing separators do not count, `..` is kept.
 * @module
 */
import { charge } from "../../base/work.ts";
import { LuaRaise, type LuaReader, type Prelude } from "../../lua/interface.ts";
import { pathArgument } from "../arguments.ts";
import { isWindows } from "../fs/vfs-path.ts";
import type { HostServices } from "../services.ts";

/** What a name of a path costs. */
const nameUnits = 5;

/** Length of the part of a path that is not a list of names: the root, or a leading `.`. */
function headLength(path: string): number {
  if (path.startsWith("/")) return 1;
  return path === "." || path.startsWith("./") ? 1 : 0;
}

/** Drops trailing separators and `.` components. */
function trimEnd(path: string): string {
  const head = headLength(path);
  let end = path.length;
  while (end > head) {
    charge(nameUnits);
    const slash = path.lastIndexOf("/", end - 1);
    const from = slash >= head ? slash + 1 : head;
    const name = path.slice(from, end);
    if (name !== "" && name !== ".") break;
    end = Math.max(slash, head);
  }
  return path.slice(0, end);
}

/** The last component of a trimmed path, or undefined when only the head is left. */
function lastName(trimmed: string): string | undefined {
  const head = headLength(trimmed);
  if (trimmed.length <= head) return undefined;
  return trimmed.slice(Math.max(trimmed.lastIndexOf("/") + 1, head));
}

/** One more part: an absolute one discards everything before it; nothing is normalised. */
export function joinPath(path: string, part: string): string {
  if (part.startsWith("/")) return part;
  return path !== "" && !path.endsWith("/") ? `${path}/${part}` : path + part;
}

export function dirname(path: string): string {
  const trimmed = trimEnd(path);
  const name = lastName(trimmed);
  // Only the head is left: a root answers itself as it was written, a leading `.` has no parent.
  if (name === undefined) return path.startsWith("/") ? path : ".";
  return trimEnd(trimmed.slice(0, trimmed.length - name.length)) || ".";
}

export function basename(path: string): string {
  const name = lastName(trimEnd(path));
  return name === undefined || name === ".." ? "" : name;
}

/** The name and its last extension with dot; a leading dot does not begin an extension. */
function splitName(path: string): readonly [stem: string, extension: string] {
  const name = basename(path);
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? [name, ""] : [name.slice(0, dot), name.slice(dot)];
}

export const stem = (path: string): string => splitName(path)[0];
export const extname = (path: string): string => splitName(path)[1];

export function normalizePath(path: string): string {
  const absolute = path.startsWith("/");
  const names: string[] = [];
  for (let from = 0, end = 0; from <= path.length; from = end + 1) {
    charge(nameUnits);
    end = path.indexOf("/", from);
    if (end < 0) end = path.length;
    const name = path.slice(from, end);
    if (name === "" || name === ".") continue;
    if (name !== "..") names.push(name);
    else if (names.length > 0 && names[names.length - 1] !== "..") names.pop();
    else if (!absolute) names.push("..");
  }
  const text = names.join("/");
  return absolute ? `/${text}` : text || ".";
}

const source = `local host = ...
vulcan.path = {
  join = host.join, dirname = host.dirname, basename = host.basename, stem = host.stem,
  extname = host.extname, normalize = host.normalize, is_abs = host.is_abs,
}`;

export function pathPrelude(services: Pick<HostServices, "os">): Prelude {
  const rules = { windows: isWindows(services) };
  const of =
    <T extends string | boolean>(name: string, run: (path: string) => T) =>
    (args: LuaReader): T =>
      run(pathArgument(args, 1, `path.${name}`, "path", rules));
  return {
    name: "=vulcan.path",
    source,
    functions: {
      join(args) {
        if (args.count === 0) throw new LuaRaise("path.join: expected at least one path segment");
        let path = "";
        for (let i = 1; i <= args.count; i++)
          path = joinPath(path, pathArgument(args, i, "path.join", `part[${i}]`, rules));
        return path;
      },
      dirname: of("dirname", dirname),
      basename: of("basename", basename),
      stem: of("stem", stem),
      extname: of("extname", extname),
      normalize: of("normalize", normalizePath),
      is_abs: of("is_abs", (path) => path.startsWith("/")),
    },
  };
}
