import type {
  InstallSource,
  LifecycleOptions,
  RuntimeConfig,
  RuntimeFs,
  RuntimeGrants,
  RuntimeSkills,
} from "../contract/contract.ts";
import type { PackageSource } from "../wire/ops.ts";
import type { Transport } from "../wire/transport.ts";
import { misuse } from "./arguments/call-options.ts";
import { bytesOf, contentOf } from "./bytes.ts";

export function runtimeFs(transport: Transport): RuntimeFs {
  const readBytes = (path: string) => transport.request({ op: "fs.read", path });
  return {
    readBytes,
    async readText(path) {
      const bytes = await readBytes(path);
      try {
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      } catch (cause) {
        throw (await misuse()).ofText(path, cause);
      }
    },
    async write(path, content) {
      await transport.request({ op: "fs.write", path, content: await contentOf(content) });
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
    importZip: async (path, zip, options) =>
      transport.request({ op: "fs.importZip", path, zip: await bytesOf(zip) }, options),
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

export function runtimeGrants(transport: Transport): RuntimeGrants {
  return {
    list: (skill) => transport.request({ op: "grants.list", skill }),
    async revoke(grant) {
      const { skill, action, resource } = grant ?? {};
      return transport.request({ op: "grants.revoke", skill, action, resource });
    },
  };
}

export function runtimeSkills(transport: Transport): RuntimeSkills {
  const placed = (options: LifecycleOptions | undefined) => ({
    targetRoot: options?.targetRoot,
    authority: options?.authority,
  });
  return {
    install: async (source, options) =>
      transport.request(
        { op: "skills.install", source: await sendable(source), replace: options?.replace, ...placed(options) },
        options,
      ),
    pack: (skillId, options) => transport.request({ op: "skills.pack", skillId }, options),
    update: async (source, options) =>
      transport.request({ op: "skills.update", source: await sendable(source), ...placed(options) }, options),
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

/**
 * The bytes of a package as such, its address as text. A worker may have a Blob URL for its base: what is relative to the page
 * must become absolute on the page.
 */
async function sendable(source: InstallSource): Promise<PackageSource> {
  // What is no source at all is refused by the engine.
  if (typeof source !== "object" || source === null) return source as PackageSource;
  if ("zip" in source) return { ...source, zip: await bytesOf(source.zip) };
  if (!("url" in source)) return source;
  const base = (globalThis as { document?: { baseURI: string } }).document?.baseURI;
  const url = String(source.url);
  return { ...source, url: base === undefined ? url : new URL(url, base).href };
}
