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
  return (id) => new StoredSource(id, residency, read);
}

/** One object for each file there is. */
class StoredSource implements ChunkSource {
  constructor(
    private readonly id: number,
    readonly residency: Residency,
    private readonly readRecord: (key: string) => Uint8Array,
  ) {}

  read(index: number): Uint8Array {
    return this.readRecord(chunkKey(this.id, index));
  }
}
