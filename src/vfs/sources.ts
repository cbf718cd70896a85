import type { ChunkSource } from "./file-content.ts";
import type { VfsBackend } from "./interface.ts";
import { chunkKey } from "./records.ts";
import type { Residency } from "./residency.ts";

/** Where the content of a node is, by its id; undefined when the backend cannot be read at any time. */
export function sourcesOf(
  backend: VfsBackend,
  residency: Residency | undefined,
): ((id: number) => ChunkSource) | undefined {
  if (!residency || !backend.read) return undefined;
  const read = backend.read.bind(backend);
  return (id) => ({ residency, read: (index) => read(chunkKey(id, index)) });
}
