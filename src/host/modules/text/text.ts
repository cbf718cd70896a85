/**
 * The module `text`: regular expressions that cannot run for ever, differences between texts, splitting for retrieval.
 * @module
 */
import { isObject } from "../../../base/is-object.ts";
import type { Re2 } from "../../../base/text/metered-re2.ts";
import type { BuiltInModule } from "../services.ts";
import { Differ } from "./differ.ts";
import { Expression } from "./expression.ts";
import { Splitter } from "./splitter.ts";
import source from "./text.lua?raw";

export const textModule =
  (re2: Re2): BuiltInModule =>
  ({ arg, defineModule, defineType, fn, luaError, results, t }) => {
    const invalid = (message: string) => luaError(message, { kind: "Invalid", retryable: false });
    const attempt = <T>(work: () => T): T => {
      try {
        return work();
      } catch (cause) {
        throw invalid((cause as Error).message);
      }
    };
    const text = arg.bytes("text");
    const reading = (read: (self: Expression, input: Uint8Array) => object | string | boolean | undefined) =>
      fn({ params: [text], run: (_call, self: Expression, input: Uint8Array) => read(self, input) });
    const limited = (read: (self: Expression, input: Uint8Array, limit: number) => object) =>
      fn({
        params: [text, arg.int("limit").opt(-1)],
        run: (_call, self: Expression, input: Uint8Array, limit: number) => read(self, input, limit),
      });

    const ExpressionType = defineType("text.Regexp", {
      of: Expression,
      methods: {
        match_string: reading((self, input) => self.matches(input)),
        find_string: reading((self, input) => self.find(input)?.text),
        find_string_index: reading((self, input) => {
          const found = self.find(input);
          return found && [found.start + 1, found.end];
        }),
        find_string_submatch: reading((self, input) => self.find(input)?.groups.map((group) => group ?? "")),
        find_all_string: limited((self, input, limit) => self.findAll(input, limit).map((found) => found.text)),
        find_all_string_index: limited((self, input, limit) =>
          self.findAll(input, limit).map(({ start, end }) => [start + 1, end]),
        ),
        find_all_string_submatch: limited((self, input, limit) =>
          self.findAll(input, limit).map((found) => found.groups.map((group) => group ?? "")),
        ),
        replace_all_string: fn({
          params: [text, arg.string("replacement")],
          returns: [t.string],
          run: (_call, self: Expression, input: Uint8Array, replacement: string) => self.replaceAll(input, replacement),
        }),
        split: limited((self, input, limit) => self.split(input, limit)),
        num_subexp: fn({ returns: [t.integer], run: (_call, self: Expression) => self.groupCount }),
        subexp_names: fn({ returns: [t.array(t.string)], run: (_call, self: Expression) => self.groupNames }),
        string: fn({ returns: [t.string], run: (_call, self: Expression) => self.source }),
      },
      metamethods: { __tostring: (_call, self) => self.source },
    });

    const two = [arg.string("before"), arg.string("after")] as const;
    const DifferType = defineType("text.Differ", {
      of: Differ,
      methods: {
        compare: fn({
          params: two,
          returns: [t.array(t.table), t.optional(t.luaError)],
          run: (_call, self: Differ, a: string, b: string) => self.compare(a, b) as never,
        }),
        summarize: fn({
          params: [arg.any("diffs")],
          run: (_call, self: Differ, diffs: unknown) => attempt(() => self.summarize(diffs)),
        }),
        pretty_text: fn({
          params: [arg.any("diffs")],
          returns: [t.string],
          run: (_call, self: Differ, diffs: unknown) => attempt(() => self.prettyText(diffs)),
        }),
        pretty_html: fn({
          params: [arg.any("diffs")],
          returns: [t.string],
          run: (_call, self: Differ, diffs: unknown) => attempt(() => self.prettyHtml(diffs)),
        }),
        patch_make: fn({
          params: two,
          returns: [t.string, t.optional(t.luaError)],
          run: (_call, self: Differ, a: string, b: string) => self.patch(a, b),
        }),
        patch_apply: fn({
          params: [arg.string("patches"), arg.string("text")],
          returns: [t.string, t.boolean, t.optional(t.luaError)],
          run: (_call, self: Differ, patches: string, source: string) => {
            const { text: applied, complete } = attempt(() => self.apply(patches, source));
            return results(applied, complete);
          },
        }),
      },
    });

    const SplitterType = defineType("text.Splitter", {
      of: Splitter,
      methods: {
        split_text: fn({
          params: [arg.string("text")],
          returns: [t.array(t.string), t.optional(t.luaError)],
          run: (_call, self: Splitter, input: string) => self.split(input),
        }),
        split_batch: fn({
          params: [arg.table("pages")],
          returns: [t.array(t.table), t.optional(t.luaError)],
          run: (_call, self: Splitter, pages: unknown) => {
            if (!Array.isArray(pages)) throw invalid("split_batch: a list of { content, metadata? } is expected");
            return pages.flatMap((page) => {
              const content = typeof page === "string" ? page : page?.content;
              if (typeof content !== "string") throw invalid("split_batch: each page needs a content");
              return self.split(content).map((chunk) => ({ content: chunk, metadata: page?.metadata ?? {} }));
            });
          },
        }),
      },
    });
    const splitter = (kind: "recursive" | "markdown") =>
      fn({
        params: [arg.table("options").opt()],
        returns: [SplitterType, t.optional(t.luaError)],
        run: (_call, options) => attempt(() => new Splitter(kind, named(options))),
      });

    return defineModule({
      name: "text",
      description: "Regular expressions, differences and splitting",
      class: ["deterministic"],
      types: [ExpressionType, DifferType, SplitterType],
      lua: source,
      functions: {
        "regexp.compile": fn({
          params: [arg.any("pattern").opt()],
          returns: [ExpressionType, t.optional(t.luaError)],
          run: (_call, pattern) => {
            if (typeof pattern !== "string") throw invalid("text.regexp.compile: a string is expected");
            return attempt(() => new Expression(re2, pattern));
          },
        }),
        "diff.new": fn({
          params: [arg.table("options").opt()],
          returns: [DifferType, t.optional(t.luaError)],
          run: (_call, options) => new Differ(named(options)),
        }),
        "splitter.recursive": splitter("recursive"),
        "splitter.markdown": splitter("markdown"),
      },
    });
  };

/** An empty Lua table arrives as an empty list. */
function named(options: unknown): Readonly<Record<string, unknown>> {
  return isObject(options) ? (options as Readonly<Record<string, unknown>>) : {};
}
