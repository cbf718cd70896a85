/**
 * The module `html`: untrusted HTML made fit for a page, by lists of what may stay.
 * @module
 */
import type { BuiltInModule } from "../services.ts";
import { type Pattern, Policy } from "./policy.ts";
import { sanitized } from "./sanitize.ts";

type Expressions = typeof import("re2js");

/** Attributes that are being allowed; where, is said next. */
class AttributeRule {
  constructor(
    readonly policy: Policy,
    readonly names: readonly string[],
    readonly pattern?: Pattern,
  ) {}
}

/** The patterns of attributes are of linear time: they come from Lua. */
export const htmlModule =
  ({ RE2JS }: Expressions): BuiltInModule =>
  ({ arg, defineModule, defineType, fn, luaError, t }) => {
    const names = arg.rest(arg.string("name"));
    /** A change of the policy, which answers it. */
    const changes = (change: (policy: Policy) => void) =>
      fn({
        run: (_call, self: Policy) => {
          change(self);
          return self;
        },
      });
    const switches = (change: (policy: Policy, on: boolean) => void) =>
      fn({
        params: [arg.boolean("on").opt(true)],
        run: (_call, self: Policy, on: boolean) => {
          change(self, on);
          return self;
        },
      });
    const listed = (change: (policy: Policy, list: readonly string[]) => void) =>
      fn({
        params: [names],
        run: (_call, self: Policy, ...list: string[]) => {
          change(self, list);
          return self;
        },
      });

    const RuleType = defineType("html.AttrBuilder", {
      of: AttributeRule,
      methods: {
        matching: fn({
          params: [arg.string("pattern")],
          returns: [t.any, t.optional(t.luaError)],
          run: (_call, self: AttributeRule, pattern: string) => {
            try {
              const compiled = RE2JS.compile(pattern);
              const matches = (text: string) => compiled.matcher(text).find();
              return new AttributeRule(self.policy, self.names, { matches });
            } catch (cause) {
              throw luaError(`invalid pattern: ${(cause as Error).message}`, {
                kind: "Invalid",
                retryable: false,
                cause,
              });
            }
          },
        }),
        on_elements: fn({
          params: [names],
          run: (_call, self: AttributeRule, ...elements: string[]) => {
            self.policy.allowAttributes(self.names, elements, self.pattern);
            return self.policy;
          },
        }),
        globally: fn({
          run: (_call, self: AttributeRule) => {
            self.policy.allowAttributes(self.names, undefined, self.pattern);
            return self.policy;
          },
        }),
      },
    });
    const PolicyType = defineType("html.Policy", {
      of: Policy,
      methods: {
        allow_elements: listed((policy, list) => policy.allowElements(list)),
        allow_attrs: fn({
          params: [names],
          returns: [RuleType],
          run: (_call, self: Policy, ...list: string[]) => new AttributeRule(self, list),
        }),
        allow_standard_urls: changes((policy) => policy.allowStandardUrls()),
        allow_url_schemes: listed((policy, list) => {
          policy.allowSchemes(list);
          policy.requireParseable(true);
        }),
        allow_relative_urls: switches((policy, on) => policy.allowRelative(on)),
        require_parseable_urls: switches((policy, on) => policy.requireParseable(on)),
        require_nofollow_on_links: switches((policy, on) => {
          policy.nofollow = on;
        }),
        require_noreferrer_on_links: switches((policy, on) => {
          policy.noreferrer = on;
        }),
        add_target_blank_to_fully_qualified_links: switches((policy, on) => {
          policy.targetBlank = on;
        }),
        allow_images: changes((policy) => policy.allowImages()),
        allow_data_uri_images: changes((policy) => policy.allowDataImages()),
        allow_lists: changes((policy) => policy.allowLists()),
        allow_tables: changes((policy) => policy.allowTables()),
        allow_standard_attributes: changes((policy) => policy.allowStandardAttributes()),
        sanitize: fn({
          params: [arg.string("html")],
          returns: [t.string],
          run: (_call, self: Policy, page: string) => sanitized(page, self),
        }),
      },
    });
    const makes = (make: () => Policy) => fn({ returns: [PolicyType, t.optional(t.luaError)], run: () => make() });
    return defineModule({
      name: "html",
      description: "Untrusted HTML made fit for a page",
      class: ["deterministic"],
      types: [PolicyType, RuleType],
      lua: "local host = ... return { sanitize = { new_policy = host.new_policy, ugc_policy = host.ugc_policy, strict_policy = host.strict_policy } }",
      functions: {
        new_policy: makes(() => new Policy()),
        ugc_policy: makes(() => Policy.ugc()),
        strict_policy: makes(() => new Policy()),
      },
    });
  };
