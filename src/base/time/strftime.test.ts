import { expect, test } from "vitest";
import { calendarOf } from "./calendar.ts";
import { type BrokenDownTime, strftime } from "./strftime.ts";

function utc(text: string): BrokenDownTime {
  const time = calendarOf(Date.parse(text) / 1000, true);
  if (time === undefined) throw new Error(`${text} is no date`);
  return time;
}

// The right column is what `date -u -d … +…` of GNU coreutils prints in the C locale.
test.each([
  ["2024-02-29T00:05:09Z", "%a %A %b %B %h %d %e %j", "Thu Thursday Feb February Feb 29 29 060"],
  ["2024-12-31T23:59:59Z", "%H %I %M %S %p %R %r", "23 11 59 59 PM 23:59 11:59:59 PM"],
  ["2023-01-01T12:00:00Z", "%C %y %Y %G %g %u %w %U %W %V", "20 23 2023 2022 22 7 0 01 00 52"],
  ["2020-12-31T12:00:00Z", "%G-W%V-%u %U %W", "2020-W53-4 52 52"],
  ["2021-01-04T00:00:00Z", "%G-W%V-%u %U %W %I", "2021-W01-1 01 01 12"],
  [
    "2009-07-05T04:03:02Z",
    "%c|%x|%X|%D|%F|%T",
    "Sun Jul  5 04:03:02 2009|07/05/09|04:03:02|07/05/09|2009-07-05|04:03:02",
  ],
  ["2009-07-05T04:03:02Z", "%n%t%%|%z|%Z|%Ey|%Od", "\n\t%|+0000|GMT|09|05"],
  ["2009-07-05T04:03:02Z", "%s", "1246766582"],
  ["2009-07-05T04:03:02Z", "%-d|%-m|%_H|%-I|%_j|%-e|%_y|%-S", "5|7| 4|4|186|5| 9|2"],
  ["2009-07-05T04:03:02Z", "%^a|%^B|%#Z|%#p|%P|%k|%l", "SUN|JULY|gmt|am|am| 4| 4"],
  ["2009-07-05T04:03:02Z", "%03d|%010Y|%_4m|%6a|%5Y|%-Y|%2j", "005|0000002009|   7|   Sun|02009|2009|186"],
  // What GNU would fill with so many blanks does not fit what os.date gives a conversion.
  ["2009-07-05T04:03:02Z", "%q|%999d|%:z", "%q|%999d|%:z"],
])("%s as %s", (time, format, expected) => {
  expect(strftime(format, utc(time))).toBe(expected);
});

test("zones east and west", () => {
  expect(strftime("%z", { ...utc("2020-01-01T00:00:00Z"), offset: 5 * 3600 + 1800 })).toBe("+0530");
  expect(strftime("%z", { ...utc("2020-01-01T00:00:00Z"), offset: -(3 * 3600 + 1800) })).toBe("-0330");
});
