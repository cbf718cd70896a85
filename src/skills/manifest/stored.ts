/**
 * What manifests said, kept over restarts beside the other state: parsing YAML is most of the start of a runtime with many
 * skills. Found by the hash of the text, so a changed manifest is never taken for what it was.
 * @module
 */
import { sha256Hex } from "../../base/bytes/sha256.ts";
import { type Vfs, VfsError } from "../../vfs/interface.ts";
import { replaceText } from "../vfs-text.ts";
import type { YamlValue } from "../yaml/yaml.ts";
import type { ManifestFile, Parsed } from "./parsed.ts";

/** Counts up when manifests are read otherwise than before. */
const format = 1;
/** New manifests before the file is written: fewer are parsed sooner than it is read. */
const fewest = 16;
/** And their part of all, so that one more skill beside thousands does not write thousands. */
const share = 1 / 8;
const mostBytes = 64 * 2 ** 20;

type Encoded = null | boolean | number | string | readonly Encoded[] | { readonly "": readonly Encoded[] };

/** A manifest with what was asked about where and how things are written in it, by the JSON of the keys. */
interface Stored {
  readonly value: Encoded;
  readonly positions: ReadonlyArray<readonly [keys: string, line: number, column: number]>;
  /** Without a text: no scalar. */
  readonly sources: ReadonlyArray<readonly [keys: string, text?: string]>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const hashOf = (text: string): string => sha256Hex(encoder.encode(text));

export class StoredManifests {
  #stored: ReadonlyMap<string, Stored>;
  #unknown = 0;

  constructor(
    private readonly vfs: Vfs,
    readonly path: string,
  ) {
    this.#stored = read(vfs, path);
  }

  /** What a manifest of this text said. */
  find(text: string): Parsed | undefined {
    const stored = this.#stored.size > 0 ? this.#stored.get(hashOf(text)) : undefined;
    const parsed = stored ? parsedOf(stored) : undefined;
    if (parsed === undefined) this.#unknown++;
    return parsed;
  }

  /**
   * A load has read all of `files`. What was stored is let go: they are in memory now.
   * @throws VfsError
   */
  keep(files: readonly ManifestFile[]): void {
    this.#stored = new Map();
    if (this.#unknown < Math.max(fewest, files.length * share)) return;
    const manifests: Record<string, Stored> = {};
    for (const { text, parsed } of files) {
      const stored = storedOf(parsed);
      if (stored !== undefined) manifests[hashOf(text)] = stored;
    }
    replaceText(this.vfs, this.path, JSON.stringify({ format, manifests }));
    this.#unknown = 0;
  }
}

/** Nothing of a file that is not as it was written: manifests are parsed then, and it is written anew. */
function read(vfs: Vfs, path: string): ReadonlyMap<string, Stored> {
  try {
    const stat = vfs.stat(path);
    if (stat?.kind !== "file" || stat.size > mostBytes) return new Map();
    const kept = JSON.parse(decoder.decode(vfs.readFile(path))) as {
      format?: unknown;
      manifests?: Record<string, Stored>;
    } | null;
    return kept?.format === format ? new Map(Object.entries(kept.manifests ?? {})) : new Map();
  } catch (thrown) {
    if (thrown instanceof SyntaxError || thrown instanceof VfsError) return new Map();
    throw thrown;
  }
}

/** Undefined of what is not as it was written. */
function parsedOf({ value, positions, sources }: Stored): Parsed | undefined {
  try {
    return {
      value: decode(value),
      positions: new Map(positions.map(([keys, line, column]) => [keys, { line, column }])),
      sources: new Map(sources.map(([keys, text]) => [keys, text])),
    };
  } catch (thrown) {
    // Of another shape, or deeper than any manifest.
    if (thrown instanceof TypeError || thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

function storedOf({ value, positions, sources }: Parsed): Stored | undefined {
  const encoded = encode(value);
  if (encoded === undefined) return undefined;
  return {
    value: encoded,
    positions: [...positions].map(([keys, { line, column }]) => [keys, line, column]),
    sources: [...sources].map(([keys, text]) => (text === undefined ? [keys] : [keys, text])),
  };
}

/** Undefined where JSON would make something else of it. */
function encode(value: YamlValue): Encoded | undefined {
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0) ? value : undefined;
  if (typeof value !== "object" || value === null) return value;
  const items: Encoded[] = [];
  for (const item of value instanceof Map ? [...value].flat(1) : value) {
    const encoded = encode(item);
    if (encoded === undefined) return undefined;
    items.push(encoded);
  }
  return value instanceof Map ? { "": items } : items;
}

/** @throws TypeError, RangeError for what {@link encode} did not make */
function decode(value: Encoded | undefined): YamlValue {
  if (value === undefined) throw new TypeError("a value is missing");
  if (typeof value !== "object" || value === null) return value;
  if (!("" in value)) return value.map(decode);
  const { "": items } = value;
  const pairs = new Map<YamlValue, YamlValue>();
  for (let i = 0; i < items.length; i += 2) pairs.set(decode(items[i]), decode(items[i + 1]));
  return pairs;
}
