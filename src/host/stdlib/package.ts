/**
 * What dofile, loadfile, require and package (package.lua) need of the host.
 * @module
 */
import { charge } from "../../base/work.ts";
import { type HostFunctions, type Prelude, results } from "../../lua/interface.ts";
import { VfsError } from "../../vfs/interface.ts";
import { longestPath } from "../fs/bounded-paths.ts";
import { isWindows, missing, refuseFileAsDirectory, resolvePath, strerror } from "../fs/vfs-path.ts";
import type { HostServices } from "../services.ts";
import source from "./package.lua?raw";

export type StdlibPackageServices = Pick<
  HostServices,
  "vfs" | "workingDirectory" | "os" | "directories" | "bundled" | "isTrustedCode"
>;

export function stdlibPackagePrelude(services: StdlibPackageServices): Prelude {
  return { name: "=stdlib.package", source, functions: stdlibPackageFunctions(services) };
}

function stdlibPackageFunctions(services: StdlibPackageServices): HostFunctions {
  const { vfs } = services;
  /** An absolute template is the program's own choice; what lies in the current directory may be anybody's. */
  const mayRun = (path: string) =>
    path.startsWith("/") || (services.isTrustedCode?.(resolvePath(services, path)) ?? true);
  const isFile = (path: string) => path.length <= longestPath && vfs.stat(path, { followLinks: true })?.kind === "file";
  return {
    package_settings: () => results(...packagePaths(services), `${isWindows(services) ? "\\" : "/"}\n;\n?\n!\n-\n`),
    /** path → source, or nil and Lua's own text */
    read_source(args) {
      const given = args.text(1);
      if (given === undefined) return results(null, "cannot open a file whose name is not UTF-8");
      try {
        const path = resolvePath(services, given);
        refuseFileAsDirectory(vfs, path, "open");
        const stat = vfs.stat(path, { followLinks: true });
        if (stat === undefined) throw missing(vfs, path, "open");
        if (stat.kind === "dir") return results(null, `cannot read ${given}: Is a directory`);
        return withoutFirstLineComment(vfs.readFile(path));
      } catch (error) {
        if (error instanceof VfsError) return results(null, `cannot open ${given}: ${strerror(error)[0]}`);
        throw error;
      }
    },
    has_bundled: (args) => services.bundled?.has(args.text(1) ?? "") ?? false,
    load_bundled: {
      waits: async (args, { vm }) => {
        const loaded = (await services.bundled?.load(args.text(1) ?? "")) ?? [];
        for (const prelude of [loaded].flat()) vm.install(prelude);
        return undefined;
      },
    },
    /** name, templates, separator?, replacement?, for `require`? → path, or nil and the list of what was tried */
    search(args) {
      const separator = args.text(3) ?? ".";
      const replacement = args.text(4) ?? (isWindows(services) ? "\\" : "/");
      const name = args.text(1) ?? "";
      const file = separator === "" ? name : name.replaceAll(separator, () => replacement);
      const tried: string[] = [];
      const requires = args.boolean(5);
      for (const template of (args.text(2) ?? "").split(";")) {
        if (template === "") continue;
        charge(50 + template.length, 2 * template.length + 40);
        const path = filled(template, file);
        charge(path === undefined ? 0 : 4 * path.length, path === undefined ? 0 : path.length);
        if (path !== undefined && isFile(resolvePath(services, path)) && (!requires || mayRun(path))) return path;
        tried.push(`\n\tno file '${path ?? template}'`);
      }
      return results(null, tried.join(""));
    },
  };
}

/** Undefined when the name is too long for a path: a long name in many places would grow beyond all memory. */
function filled(template: string, name: string): string | undefined {
  const places = template.split("?").length - 1;
  return template.length + places * name.length > longestPath ? undefined : template.replaceAll("?", () => name);
}

/** As luaL_loadfilex: a byte order mark and a first line that begins with `#` do not count; line numbers stay. */
function withoutFirstLineComment(bytes: Uint8Array): Uint8Array {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  if (bytes[start] !== 0x23) return bytes.subarray(start);
  const end = bytes.indexOf(10, start);
  return end === -1 ? new Uint8Array(0) : bytes.subarray(end);
}

/** `package.path` and `package.cpath` of a VM made now. */
export function packagePaths(services: StdlibPackageServices): [path: string, cpath: string] {
  return [packagePath(services), packageCpath(services)];
}

/** vulcan-api.md §4.3: the configured package directory first, when it exists. */
function packagePath(services: StdlibPackageServices): string {
  const root = existing(services, services.directories.luaPackages);
  const own = root === undefined ? "" : `${root}/share/lua/?.lua;${root}/share/lua/?/init.lua;${root}/?.lua;`;
  return `${own}./?.lua;./?/init.lua`;
}

function packageCpath(services: StdlibPackageServices): string {
  const extension = isWindows(services) ? "dll" : "so";
  const root = existing(services, services.directories.luaPackages);
  const ffi = existing(services, services.directories.ffi);
  const parts: string[] = [];
  if (root !== undefined) {
    const lib = `${root}/lib/lua`;
    parts.push(`${lib}/?.${extension}`, `${lib}/?/init.${extension}`, `${lib}/loadall.${extension}`);
    parts.push(`${root}/?.${extension}`);
  }
  if (ffi !== undefined) parts.push(`${ffi}/?.${extension}`, `${ffi}/?/init.${extension}`);
  parts.push(`./?.${extension}`);
  return parts.join(";");
}

function existing(services: StdlibPackageServices, directory: string | undefined): string | undefined {
  if (directory === undefined) return undefined;
  return services.vfs.stat(directory, { followLinks: true }) === undefined ? undefined : directory;
}
