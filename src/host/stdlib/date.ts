/**
 * `os.date` over the engine's clock.
 * @module
 */
import { calendarOf } from "../../base/time/calendar.ts";
import { strftime } from "../../base/time/strftime.ts";
import type { LuaValue } from "../../lua/interface.ts";

/** What `os.date(format)` answers: text, or the table of `*t`. Without `!` the time is local. */
export function formatDate(format: string, seconds: number): string | LuaValue | undefined {
  const utc = format.startsWith("!");
  const rest = utc ? format.slice(1) : format;
  const c = calendarOf(seconds, utc);
  if (c === undefined) return undefined;
  if (!rest.startsWith("*t")) return strftime(rest, c);
  return {
    year: c.year + 1900,
    month: c.month + 1,
    day: c.day,
    hour: c.hour,
    min: c.minute,
    sec: c.second,
    wday: c.weekday + 1,
    yday: c.yearDay + 1,
    isdst: c.isSummerTime,
  };
}
