/**
 * Takes out of a page what a policy does not let stay. What comes out is written anew: tags and attributes from the policy's
 * lists, everything else as escaped text. So however a browser reads it, it holds nothing else.
 * @module
 */
import { charge } from "../../../base/work.ts";
import type { Policy } from "./policy.ts";

/** What is in them is no text of the page. */
const skipped = new Set([
  "script",
  "style",
  "iframe",
  "noscript",
  "object",
  "noembed",
  "noframes",
  "frameset",
  "template",
]);
/** Their content has no tags. */
const rawText = new Set(["script", "style", "iframe", "noscript", "noembed", "noframes", "xmp", "textarea", "title"]);
const empty = new Set([
  "area",
  "base",
  "br",
  "col",
  "embed",
  "hr",
  "img",
  "input",
  "link",
  "meta",
  "source",
  "track",
  "wbr",
]);
const named: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
  colon: ":",
  Tab: "\t",
  NewLine: "\n",
  sol: "/",
  lpar: "(",
  rpar: ")",
};
const reference = /&(?:#[xX]([\da-fA-F]{1,6})|#(\d{1,7})|([A-Za-z]{2,8}));?/g;
const charactersPerUnit = 8;
/** Of elements that are open at a time. */
const deepest = 1000;

function decoded(text: string): string {
  return text.replace(reference, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return whole.endsWith(";") && Object.hasOwn(named, name) ? (named[name] as string) : whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  });
}

const marks: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;" };
/** References stay: in a text none becomes a tag. */
const textOut = (text: string): string =>
  text.replace(
    /&(?!(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z\d]{1,31});)|[<>]/g,
    (each) => marks[each] as string,
  );
const valueOut = (text: string): string => text.replace(/[&<>"]/g, (each) => marks[each] as string);

interface Tag {
  readonly name: string;
  readonly isEnd: boolean;
  readonly isEmpty: boolean;
  readonly attributes: ReadonlyMap<string, string>;
  readonly end: number;
}

export function sanitized(page: string, policy: Policy): string {
  const open: string[] = [];
  let out = "";
  let skipping: string | undefined;
  charge(page.length / charactersPerUnit, page.length);
  for (let at = 0; at < page.length; ) {
    const next = page.indexOf("<", at);
    const text = page.slice(at, next === -1 ? page.length : next);
    if (skipping === undefined) out += textOut(text);
    if (next === -1) break;
    const passed = afterMarkup(page, next);
    if (passed !== undefined) {
      at = passed;
      continue;
    }
    const tag = tagAt(page, next);
    if (!tag) {
      if (skipping === undefined) out += "&lt;";
      at = next + 1;
      continue;
    }
    at = tag.end;
    const { name } = tag;
    if (skipping !== undefined) {
      if (tag.isEnd && name === skipping) skipping = undefined;
      continue;
    }
    const stays = policy.mayStay(name);
    if (tag.isEnd) {
      const from = open.lastIndexOf(name);
      if (from !== -1) out += closed(open.splice(from));
      continue;
    }
    if (stays) {
      out += started(tag, policy);
      if (!empty.has(name) && !tag.isEmpty) {
        if (open.length >= deepest) out += closed(open.splice(deepest - 1));
        open.push(name);
      }
    }
    if (rawText.has(name) && !tag.isEmpty) {
      const end = endOfRaw(page, at, name);
      if (!skipped.has(name)) out += textOut(page.slice(at, end));
      at = end;
    } else if (skipped.has(name) && !stays && !tag.isEmpty) skipping = name;
  }
  return out + closed(open);
}

const closed = (names: readonly string[]): string =>
  names
    .map((name) => `</${name}>`)
    .reverse()
    .join("");

function started({ name, isEmpty, attributes }: Tag, policy: Policy): string {
  const kept = [...policy.attributes(name, attributes)].map(([key, value]) => ` ${key}="${valueOut(value)}"`);
  return `<${name}${kept.join("")}${isEmpty ? "/" : ""}>`;
}

/** Past a comment, a doctype or a processing instruction; undefined where there is none. */
function afterMarkup(page: string, at: number): number | undefined {
  const closing = page.startsWith("<!--", at) ? "-->" : page[at + 1] === "!" || page[at + 1] === "?" ? ">" : undefined;
  if (closing === undefined) return undefined;
  const end = page.indexOf(closing, at + 2);
  return end === -1 ? page.length : end + closing.length;
}

function endOfRaw(page: string, from: number, name: string): number {
  const end = new RegExp(`</${name}(?=[\\s/>])`, "gi");
  end.lastIndex = from;
  return end.exec(page)?.index ?? page.length;
}

const space = /\s/;

/** Undefined: this `<` begins no tag. One that does not end takes the rest of the page with it. */
function tagAt(page: string, start: number): Tag | undefined {
  const isEnd = page[start + 1] === "/";
  let at = start + (isEnd ? 2 : 1);
  if (!/[A-Za-z]/.test(page[at] ?? "")) return undefined;
  const word = (stops: RegExp): string => {
    const from = at;
    while (at < page.length && !stops.test(page[at] as string)) at++;
    return page.slice(from, at);
  };
  const name = word(/[\s/>]/).toLowerCase();
  const attributes = new Map<string, string>();
  let isEmpty = false;
  for (;;) {
    while (at < page.length && (space.test(page[at] as string) || page[at] === "/")) {
      isEmpty = page[at] === "/";
      at++;
    }
    if (at >= page.length) return { name: "", isEnd, isEmpty, attributes, end: page.length };
    if (page[at] === ">") return { name, isEnd, isEmpty, attributes, end: at + 1 };
    isEmpty = false;
    // A name may begin with the sign that ends others.
    if (page[at] === "=") at++;
    const key = word(/[\s/>=]/);
    while (space.test(page[at] ?? "")) at++;
    let value = "";
    if (page[at] === "=") {
      at++;
      while (space.test(page[at] ?? "")) at++;
      const quote = page[at] === '"' || page[at] === "'" ? (page[at] as string) : "";
      if (quote === "") value = word(/[\s>]/);
      else {
        const end = page.indexOf(quote, at + 1);
        value = page.slice(at + 1, end === -1 ? page.length : end);
        at = end === -1 ? page.length : end + 1;
      }
    }
    const lower = key.toLowerCase();
    // The first of a name counts, as in a browser.
    if (/^[a-z][\w:.-]*$/.test(lower) && !attributes.has(lower)) attributes.set(lower, decoded(value));
  }
}
