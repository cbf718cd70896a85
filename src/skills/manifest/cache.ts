import type { YamlFile } from "../yaml/yaml.ts";

interface Parsed {
  readonly text: string;
  readonly file: YamlFile;
}

/** What the manifests of a tree said when they were read last: a reload parses the changed ones only, however many there are. */
export class ManifestCache {
  #files = new Map<string, Parsed>();
  /** Those of the look before this one. */
  #before: ReadonlyMap<string, Parsed> = new Map();

  /** A look at the whole tree begins: what neither it nor the one before asks for is forgotten. */
  beginLook(): void {
    this.#before = this.#files;
    this.#files = new Map();
  }

  /** The file as it was parsed before, when its text is the same. */
  file(path: string, text: string, parse: (text: string, path: string) => YamlFile): YamlFile {
    const before = this.#files.get(path) ?? this.#before.get(path);
    const parsed = before?.text === text ? before : { text, file: parse(text, path) };
    this.#files.set(path, parsed);
    return parsed.file;
  }
}
