/**
 * The module `fs`: files of the volumes that the host lends, `moduleOptions: { fs: { "app:data": { path, readOnly } } }`.
 * @module
 */
import type { LuaValue } from "../../../lua/interface.ts";
import type { Call } from "../../../modules/definition/interface.ts";
import { type FileStat, VfsError, type VfsFile } from "../../../vfs/interface.ts";
import { resourcesOf } from "../module-options.ts";
import type { BuiltInModule } from "../services.ts";
import { ByteStream } from "../stream/byte-stream.ts";
import { Scanner } from "../stream/scanner.ts";
import { moved, scannerType, splitOf } from "../stream/stream-type.ts";
import { Volume } from "./volume.ts";

class OpenFile extends ByteStream {
  constructor(
    file: VfsFile,
    mode: (typeof modes)[keyof typeof modes],
    readonly info: () => LuaValue,
  ) {
    super(file, mode);
  }
}

/** The entries of a folder, one a call: what a generic `for` calls. */
class Listing {
  #at = 0;
  constructor(private readonly entries: readonly LuaValue[]) {}
  next(): LuaValue {
    return this.entries[this.#at++];
  }
}

const modes = {
  r: { readable: true, writable: false, create: false },
  w: { readable: true, writable: true, create: true, truncate: true },
  a: { readable: false, writable: true, create: true, append: true },
  wx: { readable: true, writable: true, create: true, exclusive: true },
  "r+": { readable: true, writable: true, create: false },
} as const;
const kinds: Partial<Record<VfsError["errno"], string>> = {
  ENOENT: "NotFound",
  EEXIST: "AlreadyExists",
  EACCES: "PermissionDenied",
  EROFS: "PermissionDenied",
  ENOSPC: "Unavailable",
  EIO: "Internal",
};
const defaultPiece = 4096;

export const fsModule: BuiltInModule = (kit, { host, options }) => {
  const { arg, defineModule, defineType, fn, luaError, results, t } = kit;
  const { vfs } = host;
  const offered = resourcesOf(options, "fs", ["path", "readOnly"], (each) => ({
    path: each.path(),
    readOnly: each.flag("readOnly"),
  }));
  const invalid = (message: string) => luaError(message, { kind: "Invalid", retryable: false });
  const explained = (thrown: unknown): unknown =>
    thrown instanceof VfsError
      ? luaError(`${thrown.path}: ${thrown.osText.replace(/ \(os error \d+\)$/, "").toLowerCase()}`, {
          kind: kinds[thrown.errno] ?? "Invalid",
          retryable: thrown.errno === "ENOSPC",
          details: { errno: thrown.errno },
        })
      : thrown;
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (thrown) {
      throw explained(thrown);
    }
  };
  /** What answers true or false says false beside its error. */
  const whether = (work: () => boolean) => {
    try {
      return results(work(), null);
    } catch (thrown) {
      const error = explained(thrown);
      if (!(error instanceof Error && "kind" in error)) throw error;
      return results(false, error);
    }
  };
  const checked = (path: string): string => {
    if (path === "") throw invalid("the path is empty");
    if (path.includes("\0")) throw invalid("the path contains a null byte");
    return path;
  };
  const written = (self: Volume): Volume => {
    if (self.options.readOnly) throw new VfsError("EROFS", "/", "write");
    return self;
  };
  const open = (self: Volume, path: string, mode: string): OpenFile => {
    const how = Object.hasOwn(modes, mode) ? modes[mode as keyof typeof modes] : undefined;
    if (!how) throw invalid(`invalid mode: ${mode}; there are ${Object.keys(modes).join(", ")}`);
    const at = (how.writable ? written(self) : self).place(checked(path));
    if ("exclusive" in how && self.exists(path)) throw new VfsError("EEXIST", path, "open");
    if (!how.create && !self.exists(path)) throw new VfsError("ENOENT", path, "open");
    const file = vfs.open(at, { create: how.create });
    if ("truncate" in how) file.truncate(0);
    return new OpenFile(file, how, () => shown(path, self.stat(path)));
  };

  const path = arg.string("path");
  const fallible = t.optional(t.luaError);
  const ScannerType = scannerType(kit);
  const alive = (self: OpenFile, needs?: "readable" | "writable"): OpenFile => {
    const failure = (message: string) => luaError(message, { kind: "Internal", retryable: false });
    if (!self.isOpen) throw failure("the file is closed");
    if (needs && !self.mode[needs])
      throw failure(`the file is not open for ${needs === "readable" ? "reading" : "writing"}`);
    return self;
  };
  const FileType = defineType("fs.File", {
    of: OpenFile,
    methods: {
      read: fn({
        params: [arg.int("size").opt(defaultPiece)],
        returns: [t.string, fallible],
        run: (_call, self: OpenFile, size: number) => {
          if (size < 1) throw invalid("read: size must be above 0");
          const piece = alive(self, "readable").read(size);
          if (piece === undefined) throw luaError("EOF", { kind: "NotFound" });
          return piece;
        },
      }),
      write: fn({
        params: [arg.bytes("data")],
        returns: [t.boolean, fallible],
        run: (_call, self: OpenFile, data: Uint8Array) => attempt(() => alive(self, "writable").write(data) >= 0),
      }),
      seek: fn({
        params: [arg.string("whence").opt("cur"), arg.int("offset").opt(0)],
        returns: [t.integer, fallible],
        run: (_call, self: OpenFile, whence: string, offset: number) => moved(kit, alive(self), whence, offset),
      }),
      stat: fn({ returns: [t.table, fallible], run: (_call, self: OpenFile) => attempt(alive(self).info) }),
      sync: fn({ returns: [t.boolean, fallible], run: (_call, self: OpenFile) => alive(self) && true }),
      scanner: fn({
        params: [arg.string("split").opt("lines")],
        returns: [ScannerType, fallible],
        run: (_call, self: OpenFile, split: string) => {
          if (!self.isOpen) throw invalid("the file is closed");
          return new Scanner(alive(self, "readable"), splitOf(kit, split));
        },
      }),
      close: fn({
        returns: [t.boolean, fallible],
        run: (_call, self: OpenFile) => {
          self.close();
          return true;
        },
      }),
    },
    metamethods: { __tostring: (_call, self) => (self.isOpen ? "fs.File{}" : "fs.File{closed}") },
    dispose: (self) => self.close(),
  });
  const ListingType = defineType("fs.Listing", {
    of: Listing,
    metamethods: { __call: (_call, self) => self.next() as never },
  });

  const readFile = fn({
    params: [path],
    returns: [t.string, fallible],
    run: (_call, self: Volume, at: string) => attempt(() => vfs.readFile(self.place(checked(at)))),
  });
  const writeFile = fn({
    params: [path, arg.any("data"), arg.string("mode").opt("w")],
    returns: [t.boolean, fallible],
    run: (_call, self: Volume, at: string, data: LuaValue, mode: string) =>
      whether(() => {
        if (mode !== "w" && mode !== "a" && mode !== "wx") throw invalid(`invalid mode: ${mode}; there are w, a, wx`);
        const target = written(self).place(checked(at));
        if (mode === "wx" && self.exists(at)) throw new VfsError("EEXIST", at, "open");
        vfs.writeFile(target, contentOf(data), { append: mode === "a" });
        return true;
      }),
  });
  const contentOf = (data: unknown): Uint8Array => {
    if (typeof data === "string") return new TextEncoder().encode(data);
    if (data instanceof Uint8Array) return data;
    // Of whichever module: what can be read is read.
    const reader = data as Partial<ByteStream> | null;
    if (typeof reader === "object" && typeof reader?.rest === "function") return reader.rest();
    throw invalid("the data must be a string or a stream");
  };
  const truth = (work: (self: Volume, path: string) => boolean) =>
    fn({
      params: [path],
      returns: [t.boolean, fallible],
      run: (_call, self: Volume, at: string) => whether(() => work(self, checked(at))),
    });
  const VolumeType = defineType("fs.FS", {
    of: Volume,
    methods: {
      readfile: readFile,
      read_file: readFile,
      writefile: writeFile,
      write_file: writeFile,
      exists: truth((self, at) => self.exists(at)),
      isdir: truth((self, at) => self.exists(at) && self.stat(at).kind === "dir"),
      mkdir: truth((self, at) => {
        const target = written(self).place(at);
        if (self.exists(at)) throw new VfsError("EEXIST", at, "mkdir");
        vfs.mkdir(target);
        return true;
      }),
      remove: truth((self, at) => {
        const target = written(self).place(at);
        if (target === self.place("/")) throw new VfsError("EACCES", at, "remove");
        vfs.remove(target);
        return true;
      }),
      chdir: truth((self, at) => {
        self.changeTo(at);
        return true;
      }),
      pwd: fn({ returns: [t.string, fallible], run: (_call, self: Volume) => self.directory }),
      stat: fn({
        params: [path],
        returns: [t.table, fallible],
        run: (_call, self: Volume, at: string) => attempt(() => shown(at, self.stat(checked(at)))),
      }),
      readdir: fn({
        params: [path],
        returns: [ListingType, fallible],
        run: (_call, self: Volume, at: string) =>
          attempt(
            () =>
              new Listing(self.list(checked(at)).map(({ name, isDirectory }) => ({ name, type: typeOf(isDirectory) }))),
          ),
      }),
      open: fn({
        params: [path, arg.string("mode").opt("r")],
        returns: [FileType, fallible],
        run: (_call, self: Volume, at: string, mode: string) => attempt(() => open(self, at, mode)),
      }),
    },
    metamethods: { __tostring: () => "fs.FS{}" },
  });

  return defineModule({
    name: "fs",
    description: "Files of the volumes that the host lends",
    class: ["io", "storage"],
    argErrors: "return",
    permissions: ["fs.get"],
    types: [VolumeType, FileType, ScannerType, ListingType],
    constants: { type: { FILE: "file", DIR: "directory" }, seek: { SET: "set", CUR: "cur", END: "end" } },
    functions: {
      get: fn({
        params: [arg.string("id")],
        returns: [VolumeType, fallible],
        run: (call: Call, id) => {
          if (id === "") throw invalid("fs.get: the id is empty");
          call.require("fs.get", id, undefined, `not allowed: ${id}`);
          const found = offered.get(id);
          if (!found) throw luaError(`filesystem not found: ${id}`, { kind: "NotFound", retryable: false });
          return attempt(() => new Volume(vfs, found));
        },
      }),
    },
  });
};

const typeOf = (isDirectory: boolean): string => (isDirectory ? "directory" : "file");

function shown(path: string, { kind, size, modifiedMs }: FileStat): LuaValue {
  const isDirectory = kind === "dir";
  return {
    name: path.split("/").findLast((part) => part !== "") ?? "/",
    size,
    mode: isDirectory ? 0o755 : 0o644,
    modified: Math.floor((modifiedMs ?? 0) / 1000),
    is_dir: isDirectory,
    type: typeOf(isDirectory),
  };
}
