/**
 * The module `time`: moments, durations, zones, timers.
 * @module
 */
import { sleep } from "../../../base/sleep.ts";
import type { Call } from "../../../modules/definition/interface.ts";
import type { BuiltInModule } from "../services.ts";
import { Duration, HOUR, MICROSECOND, MILLISECOND, MINUTE, NANOSECOND, parseDuration, SECOND } from "./duration.ts";
import { Instant } from "./instant.ts";
import { formatTime, layouts, months, parseTime, weekdays } from "./layout.ts";
import source from "./time.lua?raw";
import { Zone } from "./zone.ts";

export const timeModule: BuiltInModule = ({ arg, defineModule, defineType, fn, luaError, results, t }) => {
  const invalid = (message: string) => luaError(message, { kind: "Invalid", retryable: false });
  const int = arg.int;
  const any = arg.any;
  const whole = (name: string) => arg.int(name).opt(0);

  /** A duration as Lua gives one: nanoseconds, a text, or a Duration. */
  const lengthOf = (value: unknown, what: string): bigint => {
    if (value instanceof Duration) return value.ns;
    if (typeof value === "bigint") return value;
    if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
    const parsed = typeof value === "string" ? parseDuration(value) : undefined;
    if (parsed === undefined)
      throw invalid(
        `${what}: ${typeof value === "string" ? `invalid duration ${JSON.stringify(value)}` : "a duration is a number of nanoseconds, a text such as 1h30m, or a Duration"}`,
      );
    return parsed;
  };
  const zoneOf = (value: unknown): Zone => {
    if (value === undefined || value === null) return Zone.utc;
    if (value instanceof Zone) return value;
    throw invalid("time: the location must be one of time.utc, time.localtz, time.load_location or time.fixed_zone");
  };

  const DurationType = defineType("time.Duration", {
    of: Duration,
    methods: Object.fromEntries([
      ...Object.entries({ hours: HOUR, minutes: MINUTE, seconds: SECOND }).map(([name, unit]) => [
        name,
        fn({ returns: [t.number], run: (_call, self: Duration) => Number(self.ns) / Number(unit) }),
      ]),
      ...Object.entries({ milliseconds: MILLISECOND, microseconds: MICROSECOND, nanoseconds: NANOSECOND }).map(
        ([name, unit]) => [name, fn({ returns: [t.integer], run: (_call, self: Duration) => self.ns / unit })],
      ),
    ]),
    metamethods: {
      __tostring: (_call, self) => String(self),
      __eq: (_call, self, other: unknown) => other instanceof Duration && other.ns === self.ns,
      __lt: (_call, self, other: unknown) => self.ns < lengthOf(other, "time.Duration"),
      __le: (_call, self, other: unknown) => self.ns <= lengthOf(other, "time.Duration"),
    },
  });
  const LocationType = defineType("time.Location", {
    of: Zone,
    methods: { string: fn({ returns: [t.string], run: (_call, self: Zone) => self.name }) },
    metamethods: {
      __tostring: (_call, self) => self.name,
      __eq: (_call, self, other: unknown) => other instanceof Zone && other.name === self.name,
    },
  });

  const number = (name: string, read: (self: Instant) => number | bigint) =>
    [name, fn({ returns: [t.integer], run: (_call, self: Instant) => read(self) })] as const;
  const step = (self: Instant, value: unknown, what: "round" | "truncate") => {
    if (!(value instanceof Duration)) throw invalid(`time: ${what} takes a Duration`);
    return what === "round" ? self.round(value.ns) : self.truncate(value.ns);
  };
  const instant = (value: unknown): Instant => {
    if (value instanceof Instant) return value;
    throw invalid("time: a Time is expected");
  };
  const compare = (name: string, holds: (a: bigint, b: bigint) => boolean) =>
    [
      name,
      fn({
        params: [any("other")],
        returns: [t.boolean],
        run: (_call, self: Instant, value: unknown) => holds(self.ns, instant(value).ns),
      }),
    ] as const;

  const Time = defineType("time.Time", {
    of: Instant,
    methods: {
      ...Object.fromEntries([
        number("unix", (self) => self.unix),
        number("unix_nano", (self) => self.ns),
        number("year", (self) => self.moment.year),
        number("month", (self) => self.moment.month),
        number("day", (self) => self.moment.day),
        number("hour", (self) => self.moment.hour),
        number("minute", (self) => self.moment.minute),
        number("second", (self) => self.moment.second),
        number("nanosecond", (self) => self.nanosecond),
        number("weekday", (self) => self.weekday),
        number("year_day", (self) => self.yearDay),
        compare("before", (a, b) => a < b),
        compare("after", (a, b) => a > b),
        compare("equal", (a, b) => a === b),
      ]),
      add: fn({
        params: [any("duration")],
        returns: [t.named("time.Time"), t.optional(t.luaError)],
        run: (_call, self: Instant, value: unknown) => self.plus(lengthOf(value, "time.add")),
      }),
      sub: fn({
        params: [any("other")],
        returns: [DurationType],
        run: (_call, self: Instant, value: unknown) => new Duration(self.ns - instant(value).ns),
      }),
      add_date: fn({
        params: [int("years"), int("months"), int("days")],
        run: (_call, self: Instant, years: number, month: number, days: number) => self.plusDate(years, month, days),
      }),
      format: fn({
        params: [arg.string("layout")],
        returns: [t.string],
        run: (_call, self: Instant, layout: string) => formatTime(self, layout),
      }),
      format_rfc3339: fn({ returns: [t.string], run: (_call, self: Instant) => formatTime(self, layouts.RFC3339) }),
      date: fn({
        returns: [t.integer, t.integer, t.integer],
        run: (_call, self: Instant) => results(self.moment.year, self.moment.month, self.moment.day),
      }),
      clock: fn({
        returns: [t.integer, t.integer, t.integer],
        run: (_call, self: Instant) => results(self.moment.hour, self.moment.minute, self.moment.second),
      }),
      is_zero: fn({ returns: [t.boolean], run: (_call, self: Instant) => self.isZero }),
      utc: fn({ run: (_call, self: Instant) => self.in(Zone.utc) }),
      in_local: fn({ run: (_call, self: Instant) => self.in(Zone.local()) }),
      in_location: fn({
        params: [any("location")],
        run: (_call, self: Instant, zone: unknown) => self.in(zoneOf(zone)),
      }),
      location: fn({ returns: [LocationType], run: (_call, self: Instant) => self.zone }),
      round: fn({
        params: [any("duration")],
        returns: [t.named("time.Time"), t.optional(t.luaError)],
        run: (_call, self: Instant, value: unknown) => step(self, value, "round"),
      }),
      truncate: fn({
        params: [any("duration")],
        returns: [t.named("time.Time"), t.optional(t.luaError)],
        run: (_call, self: Instant, value: unknown) => step(self, value, "truncate"),
      }),
    },
    metamethods: {
      __tostring: (_call, self) => formatTime(self, "2006-01-02 15:04:05.999999999 -0700 MST"),
      __eq: (_call, self, value: unknown) => value instanceof Instant && value.ns === self.ns,
      __lt: (_call, self, value: unknown) => self.ns < instant(value).ns,
      __le: (_call, self, value: unknown) => self.ns <= instant(value).ns,
    },
  });

  const now = (call: Call) => new Instant(BigInt(Math.round(call.now() * 1000)) * 1000n, Zone.utc);
  const wait = (call: Call, ns: bigint) => call.command("clock.sleep", { ns });
  const positive = (value: unknown, what: string): bigint => {
    const ns = lengthOf(value, `time.${what}`);
    if (ns <= 0n) throw invalid(`time.${what}: duration must be > 0`);
    return ns;
  };
  const fallible = [t.any, t.optional(t.luaError)];

  return defineModule({
    name: "time",
    description: "Moments, durations, zones and timers",
    class: ["time", "workflow"],
    types: [DurationType, LocationType, Time],
    lua: source,
    commands: {
      "clock.sleep": (payload: { readonly ns: bigint }, { signal }) =>
        sleep(Math.ceil(Number(payload.ns) / 1e6), signal),
    },
    constants: {
      NANOSECOND,
      MICROSECOND,
      MILLISECOND,
      SECOND,
      MINUTE,
      HOUR,
      ...Object.fromEntries(months.map((name, index) => [name.toUpperCase(), index + 1])),
      ...Object.fromEntries(weekdays.map((name, index) => [name.toUpperCase(), index])),
      ...layouts,
    },
    functions: {
      now: fn({ returns: [Time], run: (call) => now(call) }),
      date: fn({
        params: [
          int("year"),
          int("month"),
          int("day"),
          whole("hour"),
          whole("minute"),
          whole("second"),
          whole("nanosecond"),
          any("location").opt(),
        ],
        returns: [Time, t.optional(t.luaError)],
        run: (_call, year, month, day, hour, minute, second, ns, zone) =>
          Instant.of(year, month, day, hour, minute, second, BigInt(ns), zoneOf(zone)),
      }),
      unix: fn({
        params: [int("seconds"), whole("nanoseconds")],
        returns: [Time],
        run: (_call, seconds, ns) => new Instant(BigInt(seconds) * SECOND + BigInt(ns), Zone.utc),
      }),
      parse: fn({
        params: [any("layout"), any("text"), any("location").opt()],
        returns: [Time, t.optional(t.luaError)],
        run: (_call, layout, text, zone) => {
          if (typeof layout !== "string" || typeof text !== "string")
            throw invalid("time.parse: layout and text must be strings");
          const parsed = parseTime(layout, text, zoneOf(zone));
          if (!parsed)
            throw invalid(`time.parse: ${JSON.stringify(text)} does not follow the layout ${JSON.stringify(layout)}`);
          return parsed;
        },
      }),
      parse_duration: fn({
        params: [any("duration").opt()],
        returns: [DurationType, t.optional(t.luaError)],
        run: (_call, value) => new Duration(lengthOf(value, "time.parse_duration")),
      }),
      load_location: fn({
        params: [any("name").opt()],
        returns: [LocationType, t.optional(t.luaError)],
        run: (_call, name) => {
          if (typeof name !== "string" || name === "") throw invalid("time.load_location: the name is empty");
          const zone = Zone.named(name);
          if (!zone) throw luaError(`unknown time zone ${name}`, { kind: "NotFound", retryable: false });
          return zone;
        },
      }),
      fixed_zone: fn({
        params: [any("name").opt(), int("offset").opt(0)],
        returns: [LocationType, t.optional(t.luaError)],
        run: (_call, name, seconds) => {
          if (typeof name !== "string" || name === "") throw invalid("time.fixed_zone: the name is empty");
          return Zone.fixed(name, seconds);
        },
      }),
      zones: fn({ run: () => results(Zone.utc, Zone.local()) }),
      sleep: fn({
        params: [any("duration").opt()],
        returns: fallible,
        run: async (call, value) => {
          const ns = lengthOf(value, "time.sleep");
          if (ns > 0n) await wait(call, ns);
          return undefined;
        },
      }),
      // The half makes channels of these.
      start: fn({
        params: [arg.string("what"), arg.boolean("again"), any("duration").opt()],
        returns: [t.integer, t.optional(t.luaError)],
        run: (call, what, again, value) => {
          const ns = what === "after" ? lengthOf(value, "time.after") : positive(value, what);
          return call.feed((feed) => {
            let stopped = false;
            const tick = async () => {
              do {
                if (ns > 0n) await wait(call, ns);
                if (stopped) return;
                feed.push(now(call));
              } while (again);
              feed.end();
            };
            tick().catch((thrown: unknown) => {
              if (!stopped && !call.signal.aborted) call.log("error", `time.${what}: ${String(thrown)}`);
              feed.end();
            });
            return () => {
              stopped = true;
            };
          });
        },
      }),
    },
  });
};
