/**
 * Time zones: fixed offsets, and the named ones the platform knows (Intl).
 * @module
 */
export interface Moment {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Days since 1 January 1970; months and days beyond their range carry over. */
export function daysOf(year: number, month: number, day: number): number {
  const months = month - 1;
  const y = year + Math.floor(months / 12);
  const m = ((months % 12) + 12) % 12;
  // Civil days, March first, so that the leap day is the last of the year.
  const shifted = m < 2 ? y - 1 : y;
  const era = Math.floor(shifted / 400);
  const ofEra = shifted - era * 400;
  const ofYear = Math.floor((153 * ((m + 10) % 12) + 2) / 5);
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468 + day - 1;
}

export class Zone {
  #format: Intl.DateTimeFormat | undefined;
  #names: Intl.DateTimeFormat | undefined;

  constructor(
    readonly name: string,
    /** Seconds east of UTC; undefined: what the platform says about `id`. */
    private readonly fixed: number | undefined,
    private readonly id: string,
  ) {}

  static readonly utc = new Zone("UTC", 0, "UTC");

  static fixed(name: string, offsetSeconds: number): Zone {
    return new Zone(name, offsetSeconds, "UTC");
  }

  static local(): Zone {
    return new Zone("Local", undefined, new Intl.DateTimeFormat("en-US").resolvedOptions().timeZone);
  }

  /** Undefined when the platform does not know it. */
  static named(name: string): Zone | undefined {
    if (name === "UTC") return Zone.utc;
    if (name === "Local") return Zone.local();
    try {
      return new Zone(name, undefined, new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone);
    } catch {
      // A RangeError is how Intl says that there is no such zone.
      return undefined;
    }
  }

  /** Seconds east of UTC at a moment, given in Unix seconds. */
  offsetAt(unixSeconds: number): number {
    if (this.fixed !== undefined) return this.fixed;
    this.#format ??= new Intl.DateTimeFormat("en-US", {
      timeZone: this.id,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    const parts = new Map(this.#format.formatToParts(unixSeconds * 1000).map(({ type, value }) => [type, value]));
    const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
    const year = parts.get("era") === "BC" ? 1 - number("year") : number("year");
    const days = daysOf(year, number("month"), number("day"));
    return days * 86_400 + number("hour") * 3600 + number("minute") * 60 + number("second") - unixSeconds;
  }

  /** The abbreviation at a moment, e.g. `UTC`, `EST`; an offset where there is none. */
  abbreviationAt(unixSeconds: number): string {
    if (this.fixed !== undefined) return this.name;
    this.#names ??= new Intl.DateTimeFormat("en-US", { timeZone: this.id, timeZoneName: "short" });
    const found = this.#names.formatToParts(unixSeconds * 1000).find(({ type }) => type === "timeZoneName");
    return found?.value ?? this.name;
  }

  /** Unix seconds of a wall clock time here; one that does not exist or exists twice counts with the earlier offset. */
  toUnix(days: number, secondsOfDay: number): number {
    const wall = days * 86_400 + secondsOfDay;
    const first = this.offsetAt(wall - this.offsetAt(wall));
    return wall - first;
  }
}
