/**
 * A regular expression in RE2's syntax: time grows with pattern times text, whatever both are. Positions count bytes.
 * @module
 */
import type { RE2JS } from "re2js";
import { compileMetered, type Re2 } from "../../../base/text/metered-re2.ts";
import { charge } from "../../../base/work.ts";

export interface Found {
  /** Byte offsets, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** The whole match first; undefined for groups that took no part. */
  readonly groups: readonly (string | undefined)[];
}

const decoder = new TextDecoder();
/** What a group of a match costs, here and in the VM. */
const matchUnits = 100;
const matchBytes = 100;

export class Expression {
  readonly #expression: RE2JS;

  /** @throws Error with RE2's complaint */
  constructor(
    re2: Re2,
    readonly source: string,
  ) {
    this.#expression = compileMetered(re2, source, "the expression");
  }

  get groupCount(): number {
    return this.#expression.groupCount();
  }

  /** The whole match first; unnamed groups are "". */
  get groupNames(): string[] {
    const names = Array.from({ length: this.groupCount + 1 }, () => "");
    for (const [name, index] of Object.entries(this.#expression.namedGroups())) names[index] = name;
    return names;
  }

  matches(input: Uint8Array): boolean {
    return this.#expression.matcher(input).find();
  }

  find(input: Uint8Array): Found | undefined {
    return this.findAll(input, 1)[0];
  }

  /** `limit` below 0: all. An empty match right behind another one is none, as in Go. */
  findAll(input: Uint8Array, limit: number): Found[] {
    const matcher = this.#expression.matcher(input);
    const out: Found[] = [];
    let last = -1;
    while ((limit < 0 || out.length < limit) && matcher.find()) {
      if (matcher.start() === matcher.end() && matcher.start() === last) continue;
      last = matcher.end();
      charge(matchUnits * (this.groupCount + 1), matchBytes * (this.groupCount + 1));
      const groups = Array.from({ length: this.groupCount + 1 }, (_, group) => {
        const start = matcher.start(group);
        return start < 0 ? undefined : decoder.decode(input.subarray(start, matcher.end(group)));
      });
      out.push({ start: matcher.start(), end: matcher.end(), text: groups[0] ?? "", groups });
    }
    return out;
  }

  /** `$1`, `${name}` and `$$` stand for what they do in Go. */
  replaceAll(input: Uint8Array, replacement: string): string {
    let out = "";
    let at = 0;
    const names = this.groupNames;
    for (const found of this.findAll(input, -1)) {
      out += decoder.decode(input.subarray(at, found.start));
      out += replacement.replace(/\$(?:(\$)|(\w+)|\{(\w+)\})/g, (_, dollar, plain, braced) => {
        if (dollar) return "$";
        const name: string = plain ?? braced;
        const index = /^\d+$/.test(name) ? Number(name) : names.indexOf(name);
        return found.groups[index] ?? "";
      });
      at = found.end;
    }
    return out + decoder.decode(input.subarray(at));
  }

  /** At most `limit` pieces; below 0: all, 0: none. */
  split(input: Uint8Array, limit: number): string[] {
    if (limit === 0) return [];
    if (input.length === 0 && this.source !== "") return [""];
    const out: string[] = [];
    let at = 0;
    let end = 0;
    for (const found of this.findAll(input, limit)) {
      if (limit > 0 && out.length === limit - 1) break;
      end = found.start;
      if (found.end !== 0) out.push(decoder.decode(input.subarray(at, end)));
      at = found.end;
    }
    // An empty match at the very end cuts nothing off.
    if (end !== input.length) out.push(decoder.decode(input.subarray(at)));
    return out;
  }
}
