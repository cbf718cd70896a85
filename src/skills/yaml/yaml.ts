/**
 * YAML as the native engine reads it (spec engine.md §2.4): 1.2 core schema, duplicate keys are errors, merge keys are
 * plain keys. Mappings come out as Maps, so no key a package chooses can touch a prototype.
 * @module
 */
import type { Document, LineCounter, Node } from "yaml";
import { messageOf } from "../../base/message-of.ts";
import { LuaSkillsError } from "../../errors.ts";
import { yaml } from "./parser.ts";

export type YamlValue = null | boolean | number | string | YamlValue[] | Map<YamlValue, YamlValue>;
export type YamlKeys = ReadonlyArray<string | number>;

export interface YamlFile {
  readonly path: string;
  /** null for an empty document. */
  readonly value: YamlValue;
  /** Where a value stands, or its nearest existing ancestor. 1-based. */
  position(keys: YamlKeys): { readonly line: number; readonly column: number };
  /** The scalar as it is written (`1.10`, not 1.1), or undefined when it is no scalar. */
  source(keys: YamlKeys): string | undefined;
}

/** @throws LuaSkillsError `invalid_manifest`: `Failed to parse {path}: …`, with file, line and column in `data`. */
export function parseYaml(text: string, path: string): YamlFile {
  const { isAlias, isMap, isSeq, LineCounter, Scalar } = yaml();
  refuseHuge(text, path);
  const lines = new LineCounter();
  const { document, value } = readDocument(text, path, lines);
  const resolve = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  const walk = (keys: YamlKeys): { node: Node | null; complete: boolean } => {
    let node = document.contents as Node | null;
    for (const key of keys) {
      const here = resolve(node);
      const next = isMap(here) || isSeq(here) ? here.get(key, true) : undefined;
      if (next === undefined || next === null) return { node, complete: false };
      node = next as Node;
    }
    return { node, complete: true };
  };
  return {
    path,
    value,
    position(keys) {
      const at = lines.linePos(walk(keys).node?.range?.[0] ?? 0);
      return { line: Math.max(1, at.line), column: Math.max(1, at.col) };
    },
    source(keys) {
      const found = walk(keys);
      const node = found.complete ? resolve(found.node) : undefined;
      return node instanceof Scalar ? (node.source ?? String(node.value)) : undefined;
    },
  };
}

function readDocument(text: string, path: string, lines: LineCounter) {
  let at = { line: 1, col: 1 };
  try {
    const document = yaml().parseDocument(text, {
      version: "1.2",
      schema: "core",
      strict: true,
      // Compares every key with every other one; ours below does not.
      uniqueKeys: false,
      merge: false,
      customTags: (tags) => tags.map(nativeScalar),
      prettyErrors: false,
      // "silent" would let a second document pass unseen.
      logLevel: "error",
      lineCounter: lines,
    });
    const problem = document.errors[0];
    if (problem !== undefined) {
      at = lines.linePos(problem.pos[0]);
      throw problem.code === "MULTIPLE_DOCS" ? new Error("the file holds more than one YAML document") : problem;
    }
    const twin = duplicateKey(document);
    if (twin !== undefined) {
      at = lines.linePos(twin.position);
      throw new Error(`Map keys must be unique: ${JSON.stringify(twin.key)} is there twice,`);
    }
    return { document, value: plainValue(document, (offset) => (at = lines.linePos(offset))) };
  } catch (thrown) {
    // An alias bomb or nesting deeper than the parser's stack has no position to tell.
    const detail = messageOf(thrown);
    throw parseError(path, detail, { line: Math.max(1, at.line), column: Math.max(1, at.col) });
  }
}

/** The first key that its mapping has already. */
function duplicateKey(document: Document): { readonly key: unknown; readonly position: number } | undefined {
  const { isScalar, visit } = yaml();
  let twin: { readonly key: unknown; readonly position: number } | undefined;
  visit(document, {
    Map(_key, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) {
          const position = key.range?.[0] ?? 0;
          if (twin === undefined || position < twin.position) twin = { key: key.value, position };
          return;
        }
        seen.add(key.value);
      }
    },
  });
  return twin;
}

/** Bytes of a manifest; characters that may begin a node, and levels of brackets, in one. */
const longest = 256 * 1024;
const mostNodes = 20_000;
const deepest = 200;

/** @throws LuaSkillsError `invalid_manifest`, before the parser sees a text that would take it seconds */
function refuseHuge(text: string, path: string): void {
  const start = { line: 1, column: 1 };
  if (text.length > longest) {
    throw parseError(path, `the file has ${text.length} characters, more than ${longest}`, start);
  }
  let nodes = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charAt(i)) {
      case "[":
      case "{":
        if (++depth > deepest) throw parseError(path, `brackets are nested deeper than ${deepest} levels`, start);
        nodes++;
        break;
      case "]":
      case "}":
        depth = Math.max(0, depth - 1);
        break;
      case ":":
      case ",":
      case "&":
      case "*":
      case "?":
        nodes++;
        break;
      case "\n":
        if (text.charAt(i + 1) === "-" || text.charAt(i + 1) === " ") nodes++;
    }
    if (nodes > mostNodes) throw parseError(path, `the file holds more than ${mostNodes} nodes`, start);
  }
}

/** The native parser takes digits after a leading zero for text (`007`), where the core schema sees a decimal integer. */
function nativeScalar<T>(tag: T): T {
  const decimal =
    typeof tag === "object" &&
    tag !== null &&
    "tag" in tag &&
    tag.tag === "tag:yaml.org,2002:int" &&
    !("format" in tag);
  return decimal ? { ...tag, test: /^[-+]?(?:0|[1-9][0-9]*)$/ } : tag;
}

function plainValue(document: Document, stoppedAt: (offset: number) => void): YamlValue {
  try {
    return document.toJS({ mapAsMap: true }) as YamlValue;
  } catch (thrown) {
    stoppedAt(unknownAlias(document) ?? 0);
    throw thrown;
  }
}

/** Where an alias stands whose anchor does not come before it. */
function unknownAlias(document: Document): number | undefined {
  const anchors = new Set<string>();
  let position: number | undefined;
  yaml().visit(document, {
    Node(_key, node) {
      if ("anchor" in node && typeof node.anchor === "string") anchors.add(node.anchor);
    },
    Alias(_key, alias) {
      if (anchors.has(alias.source)) return undefined;
      position = alias.range?.[0];
      return yaml().visit.BREAK;
    },
  });
  return position;
}

/** `Failed to parse {path}: {detail} at line L column C`. */
function parseError(
  path: string,
  detail: string,
  at: { readonly line: number; readonly column: number },
): LuaSkillsError {
  return new LuaSkillsError(
    "invalid_manifest",
    `Failed to parse ${path}: ${detail} at line ${at.line} column ${at.column}`,
    {
      data: { file: path, line: at.line, column: at.column },
    },
  );
}
