import type { ManifestFile } from "./parsed.ts";
import type { StoredManifests } from "./stored.ts";

/** What the manifests of a tree said when they were read last: a reload parses the changed ones only, however many there are. */
export class ManifestCache {
  /** And at the start before. */
  stored: StoredManifests | undefined;
  #files = new Map<string, ManifestFile>();
  /** Those of the look before this one. */
  #before: ReadonlyMap<string, ManifestFile> = new Map();

  /** A look at the whole tree begins: what neither it nor the one before asks for is forgotten. */
  beginLook(): void {
    this.#before = this.#files;
    this.#files = new Map();
  }

  /** The file as it was parsed before, when its text is the same. */
  file(path: string, text: string, parse: (text: string, path: string) => ManifestFile): ManifestFile {
    const before = this.#files.get(path) ?? this.#before.get(path);
    const file = before?.text === text ? before : parse(text, path);
    this.#files.set(path, file);
    return file;
  }

  /** A load has read them all. @throws VfsError */
  keep(): void {
    this.stored?.keep([...this.#files.values()]);
  }
}
