/**
 * The embedded LanceDB store as a database provider: what `lancedb_provider_mode: dynamic_library` means here.
 * @module
 */
import { messageOf } from "../base/message-of.ts";
import type { DatabaseProvider } from "../databases/provider.ts";
import type { Vfs } from "../vfs/interface.ts";
import { operations } from "./operations.ts";
import { defaultKernel, type MakeKernel } from "./search/kernel.ts";
import { VectorStore } from "./store/store.ts";
import { recoverReplacement, type VectorFiles, vectorFiles } from "./store/store-files.ts";

export interface EmbeddedLancedbOptions {
  readonly vfs: Vfs;
  /** The compiled kernel (`vectors.wasm`), where bytes may not be compiled at run time. */
  readonly kernel?: WebAssembly.Module | undefined;
}

export interface EmbeddedLancedb extends DatabaseProvider {
  readonly files: VectorFiles;
}

export function embeddedLancedb({ vfs, kernel }: EmbeddedLancedbOptions): EmbeddedLancedb {
  const stores = new Map<string, VectorStore>();
  let makeKernel: MakeKernel | undefined;
  const storeAt = (dir: string) => {
    let store = stores.get(dir);
    if (!store) {
      makeKernel ??= defaultKernel(kernel);
      store = new VectorStore(vfs, dir, makeKernel);
      stores.set(dir, store);
    }
    return store;
  };
  const forget = (dir: string) => {
    stores.get(dir)?.close();
    stores.delete(dir);
  };
  return {
    files: vectorFiles({ storeAt, forget }, vfs),
    register({ default_database_path: dir }) {
      try {
        recoverReplacement(vfs, dir);
        vfs.mkdir(dir, { recursive: true });
      } catch (error) {
        const text = messageOf(error);
        throw new Error(`failed to create LanceDB directory ${dir}: ${text}`);
      }
    },
    call(binding, method, input, _context, data) {
      const run = Object.hasOwn(operations, method) ? operations[method] : undefined;
      if (!run) throw new Error(`lancedb has no method ${method}`);
      return run(storeAt(binding.default_database_path), input, data);
    },
    status: () => ({}),
    info: () => ({}),
    memoryBytes: () => [...stores.values()].reduce((sum, store) => sum + store.memoryBytes, 0),
    closeAll() {
      for (const store of stores.values()) store.close();
      stores.clear();
    },
  };
}
