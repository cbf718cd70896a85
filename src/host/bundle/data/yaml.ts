/**
 * `lyaml` on the package yaml.
 * @module
 */
import type { Alias, Document, Node, Scalar } from "yaml";
import { messageOf } from "../../../base/message-of.ts";
import { charge } from "../../../base/work.ts";
import { type HostFunctions, LuaRaise, type LuaValue, type Prelude } from "../../../lua/interface.ts";
import { meteredTags, parseDocuments } from "./metered-yaml.ts";
import source from "./yaml.lua?raw";

/** The package, which more of the house uses. */
type YamlPackage = typeof import("yaml");

export function yamlPreludes(yaml: YamlPackage): readonly Prelude[] {
  return [{ name: "=lyaml", source, functions: yamlFunctions(yaml) }];
}

/** As many alias nodes as a document may have: each can stand for a big one. */
const mostAliases = 10_000;
/** What a node costs, here and in the VM. */
const nodeUnits = 50;
const nodeBytes = 100;

const yamlFunctions = (yaml: YamlPackage): HostFunctions => ({
  load: (args) => {
    const text = args.text(1);
    if (text === undefined) throw new LuaRaise("1:1: control characters are not allowed: the text is not UTF-8");
    const options = { version: "1.1", merge: false, uniqueKeys: false, intAsBigInt: false } as const;
    const documents = bounded(() => parseDocuments(yaml, text, options));
    return documents.map((document) => {
      const [error] = document.errors;
      if (error) {
        const [at] = error.linePos ?? [];
        throw new LuaRaise(`${at?.line ?? 1}:${at?.col ?? 1}: ${error.message.split("\n")[0]}`);
      }
      return fromDocument(yaml, document as Document);
    });
  },
  dump: (args) => {
    const nodes = args.value(1);
    const list = Array.isArray(nodes) ? (nodes as LuaNode[]) : [];
    return list.map((node) => `---${written(yaml, node)}...\n`).join("");
  },
});

function bounded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new LuaRaise(`1:1: ${messageOf(error)}`);
  }
}

/** Aliases become references to the object of their anchor. */
function fromDocument({ isAlias, isMap, isScalar, isSeq, visit }: YamlPackage, document: Document): LuaValue {
  const isPlainMerge = (key: unknown) => isScalar(key) && key.source === "<<" && key.type === "PLAIN";
  const ids = new Map<unknown, number>();
  const anchors = new Map<string, Node>();
  // Alias.resolve looks through the whole document, every time.
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node: (_, node) => {
      charge(nodeUnits);
      if (!isAlias(node)) {
        if ("anchor" in node && node.anchor !== undefined) anchors.set(node.anchor as string, node as Node);
        return;
      }
      const target = anchors.get(node.source);
      if (targets.size >= mostAliases) throw new LuaRaise(`more than ${mostAliases} aliases in one document`);
      if (target === undefined) throw new LuaRaise(`invalid reference: ${node.source}`);
      targets.set(node, target);
      if (!ids.has(target)) ids.set(target, ids.size + 1);
    },
  });
  const convert = (node: unknown): LuaValue => {
    charge(nodeUnits, nodeBytes);
    if (node === null || node === undefined) return { k: "null" };
    if (isAlias(node)) {
      const target = targets.get(node);
      return isScalar(target) ? convert(target) : { k: "ref", id: ids.get(target) };
    }
    if (isScalar(node)) return scalar(node);
    if (isSeq(node)) return { k: "seq", id: ids.get(node), i: node.items.map(convert) };
    if (isMap(node)) {
      const pairs = node.items.flatMap(({ key, value }) => [convert(key), convert(value)]);
      return { k: "map", id: ids.get(node), merge: node.items.some(({ key }) => isPlainMerge(key)), p: pairs };
    }
    throw new LuaRaise("a node of an unknown kind");
  };
  return convert(document.contents);
}

function scalar({ value, source, type }: Scalar): LuaValue {
  // Single letters are text in lyaml, though YAML 1.1 has them mean yes and no.
  if (typeof value === "boolean" && type === "PLAIN" && source?.length === 1) return source;
  if (value === null || value === undefined) return { k: "null" };
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (value instanceof Uint8Array) return value;
  // Timestamps and other tags are their text.
  return source ?? String(value);
}

type LuaNode =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | { readonly k: "null" }
  | { readonly k: "float"; readonly text: string }
  | { readonly k: "seq"; readonly i: readonly LuaNode[] }
  | { readonly k: "map"; readonly p: readonly LuaNode[] };

/** One document behind its `---`. */
function written(yaml: YamlPackage, node: LuaNode): string {
  const document = new yaml.Document(undefined, { version: "1.1", customTags: meteredTags });
  const contents = toNode(yaml, document, node);
  document.contents = contents as never;
  // As libyaml writes it: lists are not indented, and what takes one line stands beside the marker.
  const text = document.toString({
    lineWidth: 0,
    directives: false,
    singleQuote: true,
    nullStr: "~",
    indentSeq: false,
  });
  return yaml.isCollection(contents) && contents.items.length > 0 ? `\n${text}` : ` ${text}`;
}

function toNode(yaml: YamlPackage, document: Document, node: LuaNode): Node {
  const { Scalar, YAMLMap, YAMLSeq } = yaml;
  charge(nodeUnits);
  if (node instanceof Uint8Array) return new Scalar(new TextDecoder().decode(node));
  if (typeof node !== "object") return new Scalar(node);
  switch (node.k) {
    case "null":
      return new Scalar(null);
    case "float": {
      const number = new Scalar(Number(node.text.replace(".inf", "Infinity").replace(".nan", "NaN")));
      number.source = node.text;
      return number;
    }
    case "seq": {
      const sequence = new YAMLSeq(document.schema);
      for (const item of list(node.i)) sequence.items.push(toNode(yaml, document, item));
      if (sequence.items.length === 0) sequence.flow = true;
      return sequence;
    }
    default: {
      const map = new YAMLMap(document.schema);
      const parts = list(node.p);
      for (let i = 0; i < parts.length; i += 2) {
        map.items.push(
          document.createPair(
            toNode(yaml, document, parts[i] as LuaNode),
            toNode(yaml, document, parts[i + 1] as LuaNode),
          ) as never,
        );
      }
      return map;
    }
  }
}

/** An empty table of Lua may come as an object. */
const list = (items: readonly LuaNode[]): readonly LuaNode[] => (Array.isArray(items) ? items : []);
