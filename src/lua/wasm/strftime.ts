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

/** Unknown conversions stay as they are (Lua refuses them before they get here). */
export function strftime(format: string, time: BrokenDownTime): string {
  return format.replace(/%[EO]?([a-zA-Z%+])/g, (whole, letter: string) => conversion(letter, time) ?? whole);
}

function conversion(letter: string, t: BrokenDownTime): string | undefined {
  const year = t.year + 1900;
  const hour12 = t.hour % 12 || 12;
  switch (letter) {
    case "a":
      return (days[t.weekday] ?? "?").slice(0, 3);
    case "A":
      return days[t.weekday] ?? "?";
    case "b":
    case "h":
      return (months[t.month] ?? "?").slice(0, 3);
    case "B":
      return months[t.month] ?? "?";
    case "c":
      return strftime("%a %b %e %H:%M:%S %Y", t);
    case "C":
      return two(Math.floor(year / 100));
    case "d":
      return two(t.day);
    case "D":
    case "x":
      return strftime("%m/%d/%y", t);
    case "e":
      return String(t.day).padStart(2, " ");
    case "F":
      return strftime("%Y-%m-%d", t);
    case "g":
      return two(isoWeek(t).year % 100);
    case "G":
      return String(isoWeek(t).year);
    case "H":
      return two(t.hour);
    case "I":
      return two(hour12);
    case "j":
      return String(t.yearDay + 1).padStart(3, "0");
    case "m":
      return two(t.month + 1);
    case "M":
      return two(t.minute);
    case "n":
      return "\n";
    case "p":
      return t.hour < 12 ? "AM" : "PM";
    case "r":
      return strftime("%I:%M:%S %p", t);
    case "R":
      return strftime("%H:%M", t);
    case "s":
      return String(Date.UTC(year, t.month, t.day, t.hour, t.minute, t.second) / 1000 - t.offset);
    case "S":
      return two(t.second);
    case "t":
      return "\t";
    case "T":
    case "X":
      return strftime("%H:%M:%S", t);
    case "u":
      return String(t.weekday || 7);
    case "U":
      return two(Math.floor((t.yearDay + 7 - t.weekday) / 7));
    case "V":
      return two(isoWeek(t).week);
    case "w":
      return String(t.weekday);
    case "W":
      return two(Math.floor((t.yearDay + 7 - ((t.weekday + 6) % 7)) / 7));
    case "y":
      return two(((year % 100) + 100) % 100);
    case "Y":
      return String(year);
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
