import type { YamlFile } from "../yaml/yaml.ts";

const manifestsKept = 4096;

/** What the manifests of a tree said when they were read last: a reload parses the changed ones only. */
export class ManifestCache {
  readonly #files = new Map<string, { readonly text: string; readonly file: YamlFile }>();

  /** The file as it was parsed before, when its text is the same. */
  file(path: string, text: string, parse: (text: string, path: string) => YamlFile): YamlFile {
    const before = this.#files.get(path);
    if (before?.text === text) return before.file;
    const file = parse(text, path);
    if (this.#files.size >= manifestsKept) this.#files.clear();
    this.#files.set(path, { text, file });
    return file;
  }
}
