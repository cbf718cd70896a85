/**
 * Go's layouts: the reference time `Mon Jan 2 15:04:05 MST 2006` written the way a time shall be written.
 * @module
 */
import { charge } from "../../../base/work.ts";
import { Instant } from "./instant.ts";
import { Zone } from "./zone.ts";

export const layouts = {
  RFC3339: "2006-01-02T15:04:05Z07:00",
  RFC3339NANO: "2006-01-02T15:04:05.999999999Z07:00",
  RFC822: "02 Jan 06 15:04 MST",
  RFC822Z: "02 Jan 06 15:04 -0700",
  RFC850: "Monday, 02-Jan-06 15:04:05 MST",
  RFC1123: "Mon, 02 Jan 2006 15:04:05 MST",
  RFC1123Z: "Mon, 02 Jan 2006 15:04:05 -0700",
  KITCHEN: "3:04PM",
  STAMP: "Jan _2 15:04:05",
  STAMP_MILLI: "Jan _2 15:04:05.000",
  STAMP_MICRO: "Jan _2 15:04:05.000000",
  STAMP_NANO: "Jan _2 15:04:05.000000000",
  DATE_TIME: "2006-01-02 15:04:05",
  DATE_ONLY: "2006-01-02",
  TIME_ONLY: "15:04:05",
} as const;

export const months = "January February March April May June July August September October November December".split(
  " ",
);
export const weekdays = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** Longest first, where one begins another. A fraction must follow the seconds. */
const token =
  /January|Jan|Monday|Mon|MST|2006|Z07:00:00|Z070000|Z07:00|Z0700|Z07|-07:00:00|-070000|-07:00|-0700|-07|002|__2|_2|15|01|02|03|04|05|06|PM|pm|[.,](?:0+|9+)(?!\d)|[1-5]/g;

function pieces(layout: string): ReadonlyArray<{ readonly text: string; readonly token: boolean }> {
  const out: Array<{ text: string; token: boolean }> = [];
  let at = 0;
  for (const found of layout.matchAll(token)) {
    charge(pieceUnits);
    if (found.index > at) out.push({ text: layout.slice(at, found.index), token: false });
    out.push({ text: found[0], token: true });
    at = found.index + found[0].length;
  }
  if (at < layout.length) out.push({ text: layout.slice(at), token: false });
  return out;
}

/** What a part of a layout costs. */
const pieceUnits = 50;

const two = (value: number) => String(value).padStart(2, "0");

export function formatTime(time: Instant, layout: string): string {
  const { year, month, day, hour, minute, second } = time.moment;
  const twelve = hour % 12 === 0 ? 12 : hour % 12;
  const write = (text: string): string => {
    switch (text) {
      case "January":
        return months[month - 1] ?? "";
      case "Jan":
        return (months[month - 1] ?? "").slice(0, 3);
      case "1":
        return String(month);
      case "01":
        return two(month);
      case "Monday":
        return weekdays[time.weekday] ?? "";
      case "Mon":
        return (weekdays[time.weekday] ?? "").slice(0, 3);
      case "2":
        return String(day);
      case "_2":
        return String(day).padStart(2, " ");
      case "02":
        return two(day);
      case "002":
        return String(time.yearDay).padStart(3, "0");
      case "__2":
        return String(time.yearDay).padStart(3, " ");
      case "15":
        return two(hour);
      case "3":
        return String(twelve);
      case "03":
        return two(twelve);
      case "4":
        return String(minute);
      case "04":
        return two(minute);
      case "5":
        return String(second);
      case "05":
        return two(second);
      case "2006":
        return String(year).padStart(4, "0");
      case "06":
        return two(year % 100);
      case "PM":
        return hour < 12 ? "AM" : "PM";
      case "pm":
        return hour < 12 ? "am" : "pm";
      case "MST":
        return time.zone.abbreviationAt(time.unix);
      default:
        return /^[.,]/.test(text) ? fraction(time.nanosecond, text) : offset(time.offset, text);
    }
  };
  return pieces(layout)
    .map((piece) => (piece.token ? write(piece.text) : piece.text))
    .join("");
}

function fraction(nanosecond: number, text: string): string {
  const digits = String(nanosecond)
    .padStart(9, "0")
    .slice(0, text.length - 1)
    .padEnd(text.length - 1, "0");
  if (text[1] === "0") return text[0] + digits;
  const kept = digits.replace(/0+$/, "");
  return kept === "" ? "" : text[0] + kept;
}

function offset(seconds: number, text: string): string {
  if (text.startsWith("Z") && seconds === 0) return "Z";
  const size = Math.abs(seconds);
  const parts = [two(Math.floor(size / 3600)), two(Math.floor(size / 60) % 60), two(size % 60)];
  const shown = text.replace(/^[Z-]/, "");
  const count = shown.length <= 2 ? 1 : shown.length <= 5 ? 2 : 3;
  return (seconds < 0 ? "-" : "+") + parts.slice(0, count).join(shown.includes(":") ? ":" : "");
}

interface Fields {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ns: bigint;
  offset: number | undefined;
  zoneName: string | undefined;
  afternoon: boolean | undefined;
  yearDay: number | undefined;
}

/** Undefined when the text does not follow the layout. Without an offset it is a time in `zone`. */
export function parseTime(layout: string, text: string, zone: Zone): Instant | undefined {
  const fields: Fields = {
    year: 0,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    ns: 0n,
    offset: undefined,
    zoneName: undefined,
    afternoon: undefined,
    yearDay: undefined,
  };
  let at = 0;
  const list = pieces(layout);
  for (const [index, piece] of list.entries()) {
    const rest = text.slice(at);
    if (!piece.token) {
      if (!rest.startsWith(piece.text)) return undefined;
      at += piece.text.length;
      continue;
    }
    const length = readPiece(piece.text, rest, fields);
    if (length === undefined) return undefined;
    at += length;
    // A fraction may follow the seconds though the layout has none.
    const next = list[index + 1];
    if ((piece.text === "05" || piece.text === "5") && !/^[.,]/.test(next?.text ?? "")) {
      const found = /^[.,]\d+/.exec(text.slice(at));
      if (found) at += readPiece(`.${"9".repeat(9)}`, found[0], fields) ?? 0;
    }
  }
  if (at !== text.length || !inRange(fields)) return undefined;
  const hour = fields.afternoon === undefined ? fields.hour : (fields.hour % 12) + (fields.afternoon ? 12 : 0);
  const where =
    fields.offset === undefined ? namedZone(fields.zoneName, zone) : fixedZone(fields.offset, fields.zoneName);
  const { year, month, minute, second, ns } = fields;
  return fields.yearDay === undefined
    ? Instant.of(year, month, fields.day, hour, minute, second, ns, where)
    : Instant.of(year, 1, fields.yearDay, hour, minute, second, ns, where);
}

function inRange({ year, month, day, hour, minute, second }: Fields): boolean {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const length = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return month >= 1 && month <= 12 && day >= 1 && day <= length && hour < 24 && minute < 60 && second < 60;
}

function namedZone(name: string | undefined, zone: Zone): Zone {
  if (name === undefined) return zone;
  return name === "UTC" ? Zone.utc : Zone.fixed(name, 0);
}

function fixedZone(seconds: number, name: string | undefined): Zone {
  return seconds === 0 && name === undefined ? Zone.utc : Zone.fixed(name ?? offset(seconds, "-07:00"), seconds);
}

/** Takes what a token stands for off the text; how long it was, or undefined. */
function readPiece(token: string, text: string, fields: Fields): number | undefined {
  charge(pieceUnits + text.length / 16);
  const number = (pattern: RegExp, set: (value: number) => void): number | undefined => {
    const found = pattern.exec(text);
    if (!found) return undefined;
    set(Number(found[0]));
    return found[0].length;
  };
  const name = (among: readonly string[], set: (index: number) => void): number | undefined => {
    const lower = text.toLowerCase();
    const index = among.findIndex((each) => lower.startsWith(each.toLowerCase()));
    if (index === -1) return undefined;
    set(index);
    return among[index]?.length;
  };
  switch (token) {
    case "January":
      return name(months, (index) => Object.assign(fields, { month: index + 1 }));
    case "Jan":
      return name(
        months.map((each) => each.slice(0, 3)),
        (index) => Object.assign(fields, { month: index + 1 }),
      );
    case "Monday":
      return name(weekdays, () => {});
    case "Mon":
      return name(
        weekdays.map((each) => each.slice(0, 3)),
        () => {},
      );
    case "2006":
      return number(/^\d{4}/, (year) => Object.assign(fields, { year }));
    case "06":
      return number(/^\d{2}/, (year) => Object.assign(fields, { year: year >= 69 ? 1900 + year : 2000 + year }));
    case "01":
      return number(/^\d{2}/, (month) => Object.assign(fields, { month }));
    case "1":
      return number(/^\d{1,2}/, (month) => Object.assign(fields, { month }));
    case "02":
      return number(/^\d{2}/, (day) => Object.assign(fields, { day }));
    case "2":
    case "_2":
      return number(/^ ?\d{1,2}/, (day) => Object.assign(fields, { day }));
    case "002":
    case "__2":
      return number(/^ {0,2}\d{1,3}/, (yearDay) => Object.assign(fields, { yearDay }));
    case "15":
      return number(/^\d{1,2}/, (hour) => Object.assign(fields, { hour }));
    case "03":
    case "3":
      return number(/^\d{1,2}/, (hour) => Object.assign(fields, { hour }));
    case "04":
    case "4":
      return number(/^\d{1,2}/, (minute) => Object.assign(fields, { minute }));
    case "05":
    case "5":
      return number(/^\d{1,2}/, (second) => Object.assign(fields, { second }));
    case "PM":
    case "pm":
      return name(["AM", "PM"], (index) => Object.assign(fields, { afternoon: index === 1 }));
    case "MST": {
      const found = /^(?:[A-Z]{3,5}|[+-]\d{2})/.exec(text);
      if (found) fields.zoneName = found[0];
      return found?.[0].length;
    }
    default:
      return /^[.,]/.test(token) ? readFraction(token, text, fields) : readOffset(token, text, fields);
  }
}

function readFraction(token: string, text: string, fields: Fields): number | undefined {
  const found = /^[.,](\d+)/.exec(text);
  if (!found) return token[1] === "9" ? 0 : undefined;
  const [whole, digits = ""] = found;
  if (token[1] === "0" && digits.length !== token.length - 1) return undefined;
  fields.ns = BigInt(digits.slice(0, 9).padEnd(9, "0"));
  return whole.length;
}

function readOffset(token: string, text: string, fields: Fields): number | undefined {
  if (token.startsWith("Z") && text.startsWith("Z")) {
    fields.offset = 0;
    return 1;
  }
  const colon = token.includes(":");
  const count = token.length <= 3 ? 1 : token.length <= 6 ? 2 : 3;
  const pattern = new RegExp(`^([+-])(\\d{2})${`${colon ? ":" : ""}(\\d{2})`.repeat(count - 1)}`);
  const found = pattern.exec(text);
  if (!found) return undefined;
  const [whole, sign, hours, minutes = "0", seconds = "0"] = found;
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  fields.offset = sign === "-" ? -size : size;
  return whole.length;
}
