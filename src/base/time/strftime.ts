/**
 * strftime of the C locale, for os.date: the wasm imports it instead of containing it.
 * @module
 */

/** A broken-down time with C's ranges: month 0–11, year since 1900, weekday 0 = Sunday, day of the year 0–365. */
export interface BrokenDownTime {
  readonly second: number;
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly year: number;
  readonly weekday: number;
  readonly yearDay: number;
  /** Seconds east of UTC. */
  readonly offset: number;
  readonly zone: string;
}

const days = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
const months = "January February March April May June July August September October November December".split(" ");
/** Conversions that stand for others. */
const composed: Readonly<Record<string, string>> = {
  c: "%a %b %e %H:%M:%S %Y",
  D: "%m/%d/%y",
  x: "%m/%d/%y",
  F: "%Y-%m-%d",
  r: "%I:%M:%S %p",
  R: "%H:%M",
  T: "%H:%M:%S",
  X: "%H:%M:%S",
};
/** Numbers of other than two digits, and those filled up with blanks. */
const digits: Readonly<Record<string, number>> = { j: 3, s: 1, u: 1, w: 1, G: 1, Y: 1 };
const blanks = "ekl";

/**
 * Unknown conversions stay as they are. Flags and widths are those of the GNU C library, which LuaJIT's `os.date` has on most
 * machines: `%-d`, `%_H`, `%^a`, `%#Z`, `%05Y`.
 */
export function strftime(format: string, time: BrokenDownTime): string {
  return format.replace(
    /%([-_0^#]*)(\d{0,2})[EO]?([a-zA-Z%])/g,
    (whole, flags: string, width: string, letter: string) => {
      const value = conversion(letter, time);
      if (value === undefined) return whole;
      let text = String(value);
      if (/[#^]/.test(flags))
        text = flags.includes("#") && "pZ".includes(letter) ? text.toLowerCase() : text.toUpperCase();
      const isNumber = typeof value === "number";
      const size = Number(width) || (isNumber && !flags.includes("-") ? (digits[letter] ?? 2) : 0);
      const zeros = flags.includes("0") || (isNumber && !flags.includes("_") && !blanks.includes(letter));
      return text.padStart(size, zeros ? "0" : " ");
    },
  );
}

function conversion(letter: string, t: BrokenDownTime): string | number | undefined {
  const year = t.year + 1900;
  const template = composed[letter];
  if (template !== undefined) return strftime(template, t);
  switch (letter) {
    case "a":
      return days[t.weekday]?.slice(0, 3);
    case "A":
      return days[t.weekday];
    case "b":
    case "h":
      return months[t.month]?.slice(0, 3);
    case "B":
      return months[t.month];
    case "C":
      return Math.floor(year / 100);
    case "d":
    case "e":
      return t.day;
    case "g":
      return isoWeek(t).year % 100;
    case "G":
      return isoWeek(t).year;
    case "H":
    case "k":
      return t.hour;
    case "I":
    case "l":
      return t.hour % 12 || 12;
    case "j":
      return t.yearDay + 1;
    case "m":
      return t.month + 1;
    case "M":
      return t.minute;
    case "n":
      return "\n";
    case "p":
      return t.hour < 12 ? "AM" : "PM";
    case "P":
      return t.hour < 12 ? "am" : "pm";
    case "s":
      return Date.UTC(year, t.month, t.day, t.hour, t.minute, t.second) / 1000 - t.offset;
    case "S":
      return t.second;
    case "t":
      return "\t";
    case "u":
      return t.weekday || 7;
    case "U":
      return Math.floor((t.yearDay + 7 - t.weekday) / 7);
    case "V":
      return isoWeek(t).week;
    case "w":
      return t.weekday;
    case "W":
      return Math.floor((t.yearDay + 7 - ((t.weekday + 6) % 7)) / 7);
    case "y":
      return ((year % 100) + 100) % 100;
    case "Y":
      return year;
    case "z":
      return offsetText(t.offset);
    case "Z":
      return t.zone;
    case "%":
      return "%";
    default:
      return undefined;
  }
}

/** ISO 8601: weeks start on Monday, week 1 holds the year's first Thursday. */
function isoWeek(t: BrokenDownTime): { year: number; week: number } {
  const thursday = new Date(Date.UTC(2000, 0, 1));
  thursday.setUTCFullYear(t.year + 1900, 0, 1 + t.yearDay - ((t.weekday + 6) % 7) + 3);
  const year = thursday.getUTCFullYear();
  const firstDay = new Date(thursday);
  firstDay.setUTCMonth(0, 1);
  return { year, week: 1 + Math.floor((thursday.getTime() - firstDay.getTime()) / 604_800_000) };
}

function offsetText(seconds: number): string {
  const minutes = Math.abs(Math.trunc(seconds / 60));
  return `${seconds < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
}

const two = (n: number) => String(n).padStart(2, "0");
