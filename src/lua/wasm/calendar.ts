/**
 * The calendar functions the wasm imports: struct tm in linear memory on one side, JavaScript's Date on the other.
 * @module
 */
import { type BrokenDownTime, strftime } from "./strftime.ts";

/** The memory of the instance, looked up afresh: growing detaches the old buffer. */
export type MemoryView = () => DataView;

/** Byte offsets in musl's struct tm. */
const field = { sec: 0, min: 4, hour: 8, mday: 12, mon: 16, year: 20, wday: 24, yday: 28, isdst: 32, gmtoff: 36 };

export interface CalendarImports {
  strftime(out: number, size: number, format: number, tm: number): number;
  _mktime_js(tm: number): bigint;
  _gmtime_js(time: bigint | number, tm: number): void;
  _localtime_js(time: bigint | number, tm: number): void;
  _tzset_js(timezone: number, daylight: number, names: number): void;
}

export function calendarImports(memory: MemoryView): CalendarImports {
  const get = (tm: number, offset: number) => memory().getInt32(tm + offset, true);
  const set = (tm: number, offset: number, value: number) => memory().setInt32(tm + offset, value, true);

  function writeLocal(tm: number, date: Date): void {
    set(tm, field.sec, date.getSeconds());
    set(tm, field.min, date.getMinutes());
    set(tm, field.hour, date.getHours());
    set(tm, field.mday, date.getDate());
    set(tm, field.mon, date.getMonth());
    set(tm, field.year, date.getFullYear() - 1900);
    set(tm, field.wday, date.getDay());
    set(tm, field.yday, dayOfYear(date.getFullYear(), date.getMonth(), date.getDate()));
    set(tm, field.isdst, isSummerTime(date) ? 1 : 0);
    set(tm, field.gmtoff, -60 * date.getTimezoneOffset());
  }

  return {
    strftime(out, size, format, tm) {
      const view = memory();
      const bytes = new Uint8Array(view.buffer);
      const utc = Number(get(tm, field.gmtoff)) === 0;
      const time: BrokenDownTime = {
        second: get(tm, field.sec),
        minute: get(tm, field.min),
        hour: get(tm, field.hour),
        day: get(tm, field.mday),
        month: get(tm, field.mon),
        year: get(tm, field.year),
        weekday: get(tm, field.wday),
        yearDay: get(tm, field.yday),
        offset: get(tm, field.gmtoff),
        zone: utc ? "GMT" : zoneName(get(tm, field.isdst) > 0),
      };
      const text = strftime(latin1(bytes.subarray(format, bytes.indexOf(0, format))), time);
      if (text.length >= size) return 0;
      for (let i = 0; i < text.length; i++) bytes[out + i] = text.charCodeAt(i);
      bytes[out + text.length] = 0;
      return text.length;
    },
    _mktime_js(tm) {
      const date = new Date(
        get(tm, field.year) + 1900,
        get(tm, field.mon),
        get(tm, field.mday),
        get(tm, field.hour),
        get(tm, field.min),
        get(tm, field.sec),
      );
      // Years 0 to 99 mean 1900 to 1999 to the constructor.
      const year = get(tm, field.year) + 1900;
      if (year >= 0 && year < 100) date.setFullYear(date.getFullYear() - 1900);
      const wanted = get(tm, field.isdst);
      if (wanted >= 0 && wanted > 0 !== isSummerTime(date)) {
        const { standard, summer } = offsetsOf(date.getFullYear());
        date.setTime(date.getTime() + (wanted > 0 ? summer - standard : standard - summer) * 60_000);
      }
      if (Number.isNaN(date.getTime())) return -1n;
      writeLocal(tm, date);
      return BigInt(Math.floor(date.getTime() / 1000));
    },
    _gmtime_js(time, tm) {
      const date = new Date(Number(time) * 1000);
      set(tm, field.sec, date.getUTCSeconds());
      set(tm, field.min, date.getUTCMinutes());
      set(tm, field.hour, date.getUTCHours());
      set(tm, field.mday, date.getUTCDate());
      set(tm, field.mon, date.getUTCMonth());
      set(tm, field.year, date.getUTCFullYear() - 1900);
      set(tm, field.wday, date.getUTCDay());
      set(tm, field.yday, dayOfYear(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()));
      set(tm, field.isdst, 0);
      set(tm, field.gmtoff, 0);
    },
    _localtime_js(time, tm) {
      writeLocal(tm, new Date(Number(time) * 1000));
    },
    // The zone's name reaches Lua through strftime above; C's own variables are not read by any Lua library.
    _tzset_js(timezone, daylight) {
      const { standard, summer } = offsetsOf(new Date().getFullYear());
      memory().setInt32(timezone, standard * 60, true);
      memory().setInt32(daylight, standard === summer ? 0 : 1, true);
    },
  };
}

/** Minutes west of UTC in winter and in summer, on either hemisphere. */
function offsetsOf(year: number): { standard: number; summer: number } {
  const january = new Date(year, 0, 1).getTimezoneOffset();
  const july = new Date(year, 6, 1).getTimezoneOffset();
  return { standard: Math.max(january, july), summer: Math.min(january, july) };
}

function isSummerTime(date: Date): boolean {
  const { standard, summer } = offsetsOf(date.getFullYear());
  return standard !== summer && date.getTimezoneOffset() === summer;
}

const dayOfYear = (year: number, month: number, day: number) =>
  Math.round((Date.UTC(2000, month, day) - Date.UTC(2000, 0, 1)) / 86_400_000) - (month > 1 && !isLeap(year) ? 1 : 0);

const isLeap = (year: number) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

function zoneName(summer: boolean): string {
  const { standard, summer: inSummer } = offsetsOf(new Date().getFullYear());
  const minutes = summer ? inSummer : standard;
  if (minutes === 0) return "GMT";
  const hours = Math.floor(Math.abs(minutes) / 60);
  return `GMT${minutes > 0 ? "-" : "+"}${hours}`;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
