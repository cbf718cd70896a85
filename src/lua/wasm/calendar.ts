/**
 * The calendar functions the wasm imports: struct tm in linear memory on one side, the platform's calendar on the other.
 * @module
 */
import { type Calendar, calendarOf, timeOf } from "../../base/time/calendar.ts";
import { strftime } from "../../base/time/strftime.ts";

/** The memory of the instance, looked up afresh: growing detaches the old buffer. */
export type MemoryView = () => DataView;

/** Ints of musl's struct tm, in its order. */
const fields = ["second", "minute", "hour", "day", "month", "year", "weekday", "yearDay", "isdst", "offset"] as const;
type Fields = Record<(typeof fields)[number], number>;

export interface CalendarImports {
  strftime(out: number, size: number, format: number, tm: number): number;
  _mktime_js(tm: number): bigint;
  _gmtime_js(time: bigint | number, tm: number): void;
  _localtime_js(time: bigint | number, tm: number): void;
  _tzset_js(): void;
}

export function calendarImports(memory: MemoryView): CalendarImports {
  const read = (tm: number) =>
    Object.fromEntries(fields.map((name, at) => [name, memory().getInt32(tm + 4 * at, true)])) as Fields;

  /** Of a time that no date can hold all fields are 0. */
  function write(tm: number, time: Calendar | undefined): void {
    const values: Partial<Fields> = { ...time, isdst: time?.isSummerTime ? 1 : 0 };
    for (const [at, name] of fields.entries()) memory().setInt32(tm + 4 * at, values[name] ?? 0, true);
  }

  return {
    strftime(out, size, format, tm) {
      const bytes = new Uint8Array(memory().buffer);
      const time = read(tm);
      const text = strftime(latin1(bytes.subarray(format, bytes.indexOf(0, format))), {
        ...time,
        zone: zoneName(time.offset),
      });
      if (text.length >= size) return 0;
      for (let i = 0; i < text.length; i++) bytes[out + i] = text.charCodeAt(i);
      bytes[out + text.length] = 0;
      return text.length;
    },
    _mktime_js(tm) {
      const { year, month, day, hour, minute, second, isdst } = read(tm);
      const seconds = timeOf([year + 1900, month + 1, day, hour, minute, second], isdst < 0 ? undefined : isdst > 0);
      if (seconds === undefined) return -1n;
      write(tm, calendarOf(seconds, false));
      return BigInt(seconds);
    },
    _gmtime_js: (time, tm) => write(tm, calendarOf(Number(time), true)),
    _localtime_js: (time, tm) => write(tm, calendarOf(Number(time), false)),
    // The zone's name reaches Lua through strftime above; C's own variables are not read by any Lua library.
    _tzset_js() {},
  };
}

function zoneName(offset: number): string {
  if (offset === 0) return "GMT";
  return `GMT${offset < 0 ? "-" : "+"}${Math.floor(Math.abs(offset) / 3600)}`;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
