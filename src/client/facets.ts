import type { LifecycleOptions, RuntimeConfig, RuntimeFs, RuntimeSkills } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Transport } from "../wire/transport.ts";

export function runtimeFs(transport: Transport): RuntimeFs {
  const readBytes = (path: string) => transport.request({ op: "fs.read", path });
  return {
    readBytes,
    async readText(path) {
      const bytes = await readBytes(path);
      try {
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      } catch (thrown) {
        const text = `${path} is not UTF-8 text; read it with readBytes`;
        throw new LuaSkillsError("invalid_argument", text, { cause: thrown });
      }
    },
    async write(path, content) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await transport.request({ op: "fs.write", path, content: bytes });
    },
    stat: (path) => transport.request({ op: "fs.stat", path }),
    list: (path) => transport.request({ op: "fs.list", path }),
    async mkdir(path) {
      await transport.request({ op: "fs.mkdir", path });
    },
    remove: (path, options) => transport.request({ op: "fs.remove", path, recursive: options?.recursive }),
    async rename(from, to) {
      await transport.request({ op: "fs.rename", from, to });
    },
    importZip: (path, zip, options) => transport.request({ op: "fs.importZip", path, zip }, options),
    exportZip: (path, options) => transport.request({ op: "fs.exportZip", path }, options),
  };
}

export function runtimeConfig(transport: Transport): RuntimeConfig {
  return {
    get: (skillId, key) => transport.request({ op: "config.get", skillId, key }),
    async set(skillId, key, value) {
      await transport.request({ op: "config.set", skillId, key, value });
    },
    delete: (skillId, key) => transport.request({ op: "config.delete", skillId, key }),
    list: (skillId) => transport.request({ op: "config.list", skillId }),
  };
}

export function runtimeSkills(transport: Transport): RuntimeSkills {
  const placed = (options: LifecycleOptions = {}) => ({
    targetRoot: options.targetRoot,
    authority: options.authority,
  });
  return {
    install: (source, options) =>
      transport.request({ op: "skills.install", source: absolute(source), ...placed(options) }, options),
    update: (source, options) =>
      transport.request({ op: "skills.update", source: absolute(source), ...placed(options) }, options),
    uninstall: (skillId, options) =>
      transport.request(
        {
          op: "skills.uninstall",
          skillId,
          removeSqlite: options?.removeSqlite,
          removeLancedb: options?.removeLancedb,
          ...placed(options),
        },
        options,
      ),
    async enable(skillId) {
      await transport.request({ op: "skills.enable", skillId });
    },
    async disable(skillId, reason) {
      await transport.request({ op: "skills.disable", skillId, reason });
    },
    async reload(roots) {
      await transport.request({ op: "skills.reload", roots });
    },
  };
}

/** A worker may have a Blob URL for its base: what is relative to the page must become absolute on the page. */
function absolute<S extends Parameters<RuntimeSkills["install"]>[0]>(source: S): S {
  const base = (globalThis as { document?: { baseURI: string } }).document?.baseURI;
  return base !== undefined && "url" in source ? { ...source, url: new URL(source.url, base).href } : source;
}
