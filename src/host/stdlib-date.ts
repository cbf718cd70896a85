/**
 * `os.date` and `os.time`: C's strftime and mktime in the C locale, local time being the platform's.
 * @module
 */
import type { LuaValue } from "../lua/interface.ts";

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** C's broken-down time. `yday` from 0, `wday` from Sunday = 0. */
interface Calendar {
  readonly seconds: number;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly min: number;
  readonly sec: number;
  readonly wday: number;
  readonly yday: number;
  readonly isdst: boolean;
  /** Minutes east of UTC. */
  readonly offset: number;
  readonly zone: string;
}

/** Undefined when the time is beyond what a date can hold. */
export function calendarOf(seconds: number, utc: boolean): Calendar | undefined {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  const offset = utc ? 0 : -date.getTimezoneOffset();
  // Shifted by its offset, a local time is read with the UTC getters.
  const local = new Date(date.getTime() + offset * 60_000);
  const year = local.getUTCFullYear();
  return {
    seconds,
    year,
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    min: local.getUTCMinutes(),
    sec: local.getUTCSeconds(),
    wday: local.getUTCDay(),
    yday: Math.floor((local.getTime() - startOfYear(year)) / 86_400_000),
    isdst: !utc && offset > standardOffset(date.getFullYear()),
    offset,
    zone: utc ? "GMT" : zoneName(date),
  };
}

function startOfYear(year: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, 0, 1);
  return date.getTime();
}

/** Minutes east of UTC without daylight saving: the smaller offset of January and July. */
function standardOffset(year: number): number {
  return Math.min(-new Date(year, 0, 1).getTimezoneOffset(), -new Date(year, 6, 1).getTimezoneOffset());
}

function zoneName(date: Date): string {
  const parts = new Intl.DateTimeFormat("en-US", { timeZoneName: "short" }).formatToParts(date);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "UTC";
}

/** The table of `os.date("*t")`. */
export function dateTable(c: Calendar): LuaValue {
  const { year, month, day, hour, min, sec, isdst } = c;
  return { year, month, day, hour, min, sec, wday: c.wday + 1, yday: c.yday + 1, isdst };
}

/** An unknown specifier stays as it is, as glibc and LuaJIT leave it. `E` and `O` modifiers say nothing in the C locale. */
export function strftime(format: string, c: Calendar): string {
  return format.replace(/%[EO]?([\s\S])/g, (whole, letter: string) => specifier(letter, c) ?? whole);
}

function specifier(letter: string, c: Calendar): string | undefined {
  const pad = (n: number, width = 2, fill = "0") => String(n).padStart(width, fill);
  const day = days[c.wday] ?? "";
  const month = months[c.month - 1] ?? "";
  const hour12 = c.hour % 12 || 12;
  switch (letter) {
    case "a":
      return day.slice(0, 3);
    case "A":
      return day;
    case "b":
    case "h":
      return month.slice(0, 3);
    case "B":
      return month;
    case "c":
      return strftime("%a %b %e %H:%M:%S %Y", c);
    case "C":
      return pad(Math.floor(c.year / 100));
    case "d":
      return pad(c.day);
    case "D":
    case "x":
      return strftime("%m/%d/%y", c);
    case "e":
      return pad(c.day, 2, " ");
    case "F":
      return strftime("%Y-%m-%d", c);
    case "g":
      return pad(isoWeek(c).year % 100);
    case "G":
      return String(isoWeek(c).year);
    case "H":
      return pad(c.hour);
    case "I":
      return pad(hour12);
    case "j":
      return pad(c.yday + 1, 3);
    case "k":
      return pad(c.hour, 2, " ");
    case "l":
      return pad(hour12, 2, " ");
    case "m":
      return pad(c.month);
    case "M":
      return pad(c.min);
    case "n":
      return "\n";
    case "p":
      return c.hour < 12 ? "AM" : "PM";
    case "P":
      return c.hour < 12 ? "am" : "pm";
    case "r":
      return strftime("%I:%M:%S %p", c);
    case "R":
      return strftime("%H:%M", c);
    case "s":
      return String(c.seconds);
    case "S":
      return pad(c.sec);
    case "t":
      return "\t";
    case "T":
    case "X":
      return strftime("%H:%M:%S", c);
    case "u":
      return String(c.wday || 7);
    case "U":
      return pad(Math.floor((c.yday + 7 - c.wday) / 7));
    case "V":
      return pad(isoWeek(c).week);
    case "w":
      return String(c.wday);
    case "W":
      return pad(Math.floor((c.yday + 7 - ((c.wday + 6) % 7)) / 7));
    case "y":
      return pad(((c.year % 100) + 100) % 100);
    case "Y":
      return String(c.year);
    case "z": {
      const minutes = Math.abs(c.offset);
      return `${c.offset < 0 ? "-" : "+"}${pad(Math.floor(minutes / 60))}${pad(minutes % 60)}`;
    }
    case "Z":
      return c.zone;
    case "%":
      return "%";
    default:
      return undefined;
  }
}

/** ISO 8601: week 1 holds the year's first Thursday. */
function isoWeek(c: Calendar): { year: number; week: number } {
  const monday = (c.wday + 6) % 7;
  const week = Math.floor((c.yday - monday + 10) / 7);
  if (week < 1) return { year: c.year - 1, week: weeksIn(c.year - 1) };
  if (week > weeksIn(c.year)) return { year: c.year + 1, week: 1 };
  return { year: c.year, week };
}

function weeksIn(year: number): number {
  const first = new Date(startOfYear(year)).getUTCDay();
  const last = new Date(startOfYear(year + 1) - 86_400_000).getUTCDay();
  return first === 4 || last === 4 ? 53 : 52;
}

/** mktime over local time. `isdst` undefined: whatever is in force. Undefined when it cannot be represented. */
export function timeOf(parts: readonly number[], isdst: boolean | undefined): number | undefined {
  const [year = 0, month = 1, day = 1, hour = 12, min = 0, sec = 0] = parts;
  const date = new Date(2000, 0, 1);
  date.setFullYear(year, month - 1, day);
  date.setHours(hour, min, sec, 0);
  const seconds = Math.floor(date.getTime() / 1000);
  if (Number.isNaN(seconds)) return undefined;
  const actual = calendarOf(seconds, false)?.isdst ?? false;
  if (isdst === undefined || isdst === actual) return seconds;
  return isdst ? seconds - 3600 : seconds + 3600;
}
