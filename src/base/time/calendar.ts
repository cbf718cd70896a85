/**
 * Broken-down time and its inverse, local time being the platform's.
 * @module
 */
import type { BrokenDownTime } from "./strftime.ts";

export interface Calendar extends BrokenDownTime {
  readonly isSummerTime: boolean;
}

/** Undefined when the time is beyond what a date can hold. */
export function calendarOf(seconds: number, utc: boolean): Calendar | undefined {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  const minutes = utc ? 0 : -date.getTimezoneOffset();
  // Shifted by its offset, a local time is read with the UTC getters.
  const local = new Date(date.getTime() + minutes * 60_000);
  const year = local.getUTCFullYear();
  return {
    second: local.getUTCSeconds(),
    minute: local.getUTCMinutes(),
    hour: local.getUTCHours(),
    day: local.getUTCDate(),
    month: local.getUTCMonth(),
    year: year - 1900,
    weekday: local.getUTCDay(),
    yearDay: Math.floor((local.getTime() - startOfYear(year)) / 86_400_000),
    offset: minutes * 60,
    // The platform takes its time to find it, and few ask.
    get zone() {
      return utc ? "GMT" : zoneName(date);
    },
    isSummerTime: !utc && minutes > standardMinutes(date.getFullYear()),
  };
}

function startOfYear(year: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, 0, 1);
  return date.getTime();
}

/** Minutes east of UTC without summer time: the smaller offset of January and July. */
function standardMinutes(year: number): number {
  return Math.min(-new Date(year, 0, 1).getTimezoneOffset(), -new Date(year, 6, 1).getTimezoneOffset());
}

function zoneName(date: Date): string {
  const parts = new Intl.DateTimeFormat("en-US", { timeZoneName: "short" }).formatToParts(date);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "UTC";
}

/** mktime over local time: fields beyond their range carry over. `isdst` undefined: whatever is in force. */
export function timeOf(parts: readonly number[], isdst: boolean | undefined): number | undefined {
  const [year = 0, month = 1, day = 1, hour = 12, min = 0, sec = 0] = parts;
  const date = new Date(2000, 0, 1);
  date.setFullYear(year, month - 1, day);
  date.setHours(hour, min, sec, 0);
  const seconds = Math.floor(date.getTime() / 1000);
  if (Number.isNaN(seconds)) return undefined;
  const actual = calendarOf(seconds, false)?.isSummerTime ?? false;
  if (isdst === undefined || isdst === actual) return seconds;
  return isdst ? seconds - 3600 : seconds + 3600;
}
