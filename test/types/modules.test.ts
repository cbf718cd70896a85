import { expectTypeOf, test } from "vitest";
import { arg, defineModule, defineType, fn, luaError, t } from "../../src/modules/index.ts";

// The compiler is the judge here (the typecheck stage); at run time these do nothing but make descriptors.
class Place {
  readonly lat = 1;
}

test("the arguments of run come from params", () => {
  const PlaceType = defineType("geo.Place", { of: Place });
  fn({
    params: [arg.string("a"), arg.int("b").opt(), arg.rest(arg.number("n"))],
    returns: [t.string],
    run: (call, a, b, ...rest) => {
      expectTypeOf(a).toEqualTypeOf<string>();
      expectTypeOf(b).toEqualTypeOf<number | undefined>();
      expectTypeOf(rest).toEqualTypeOf<number[]>();
      expectTypeOf(call.signal).toEqualTypeOf<AbortSignal>();
      return a;
    },
  });
  fn({
    params: [
      arg.type(PlaceType, "p"),
      arg.record({ ttl: arg.number(), tag: arg.string().opt() }, "o"),
      arg.boolean("c").opt(true),
    ],
    run: (_call, place, options, flag) => {
      expectTypeOf(place).toEqualTypeOf<Place>();
      expectTypeOf(options.ttl).toEqualTypeOf<number>();
      expectTypeOf(options.tag).toEqualTypeOf<string | undefined>();
      expectTypeOf(flag).toEqualTypeOf<boolean>();
      return place.lat;
    },
  });
  // A method's receiver comes first.
  fn({ params: [arg.string("a")], run: (_call, self: Place, a) => `${self.lat}${a}` });
});

test("wrong code does not compile", () => {
  const uncalled = (_use: () => unknown) => {};
  uncalled(() => {
    // @ts-expect-error a string is no number
    fn({ params: [arg.string("a")], run: (_call, a: number) => a });
    // @ts-expect-error there is no second parameter
    fn({ params: [arg.string("a")], run: (_call, a: string, b: string) => a + b });
    // @ts-expect-error a name must be a text
    arg.string(5);
    // @ts-expect-error the default is of another type
    arg.int("n").opt("x");
    // @ts-expect-error without a default it may be undefined
    fn({ params: [arg.string("a").opt()], run: (_call, a) => a.length });
    // @ts-expect-error the record has no such field
    fn({ params: [arg.record({ ttl: arg.number() })], run: (_call, options) => options.tll });
    // @ts-expect-error what follows are numbers
    fn({ params: [arg.rest(arg.number())], run: (_call, ...all) => all.map((each) => each.trim()) });
    // @ts-expect-error the permission is asked with the arguments
    fn({ params: [arg.string("a")], permission: (a: number) => ["x", String(a)], run: () => 1 });
    // @ts-expect-error the class has no such member
    defineType({ name: "geo.Place", of: Place, fields: { lon: t.number } });
    // @ts-expect-error there is no such metamethod
    defineType("geo.Place", { of: Place, metamethods: { __foo: () => 1 } });
    // @ts-expect-error which instances it is for is missing
    defineType({ name: "geo.Place", methods: {} });
    // @ts-expect-error there is no such class of modules
    defineModule({ name: "geo", description: "Places", class: ["pure"], functions: {} });
    // @ts-expect-error functions are made with fn
    defineModule({ name: "geo", description: "Places", class: ["io"], functions: { f: () => 1 } });
    // @ts-expect-error details are data
    luaError("no", { details: { f: () => 1 } });
  });
});
