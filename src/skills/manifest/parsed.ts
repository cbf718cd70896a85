import type { YamlFile, YamlValue } from "../yaml/yaml.ts";

/** What is known of a manifest, and what was asked about where and how things are written in it, by the JSON of the keys. */
export interface Parsed {
  readonly value: YamlValue;
  readonly positions: Map<string, ReturnType<YamlFile["position"]>>;
  /** Undefined: no scalar. */
  readonly sources: Map<string, string | undefined>;
}

export interface ManifestFile extends YamlFile {
  readonly text: string;
  readonly parsed: Parsed;
}
