import { expectTypeOf, test } from "vitest";
import { arg, defineType, fn, t } from "../../src/modules/index.ts";

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
  });
});
