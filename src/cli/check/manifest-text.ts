import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { parseYaml, type YamlKeys, type YamlValue } from "../../skills/yaml/yaml.ts";
import type { Position } from "./finding.ts";

/** `skill.yaml` as it is read, and where everything in it stands. */
export interface ManifestText {
  readonly file: string;
  readonly value: YamlValue;
  /** Where a value stands. */
  position(keys: YamlKeys): Position;
  /** Where the last of the keys itself stands. */
  keyPosition(keys: YamlKeys): Position;
}

/** @throws LuaSkillsError `invalid_manifest` with the position in `data` */
export function manifestText(text: string, file: string): ManifestText {
  const read = parseYaml(text, file);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: "1.2", schema: "core", logLevel: "silent" });
  return {
    file,
    value: read.value,
    position: (keys) => read.position(keys),
    keyPosition(keys: YamlKeys): Position {
      const parent = keys.length === 1 ? document.contents : document.getIn(keys.slice(0, -1), true);
      const last = keys.at(-1);
      const pair = isMap(parent)
        ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(last))
        : undefined;
      const offset = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
      if (offset === undefined) return read.position(keys);
      const { line, col } = lines.linePos(offset);
      return { line, column: col };
    },
  };
}
