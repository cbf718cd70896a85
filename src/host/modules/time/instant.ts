/**
 * A moment with nanoseconds and the zone it is looked at in.
 * @module
 */
import { SECOND } from "./duration.ts";
import { daysOf, type Moment, type Zone } from "./zone.ts";

const DAY = 86_400;

export class Instant {
  constructor(
    /** Unix nanoseconds. */
    readonly ns: bigint,
    readonly zone: Zone,
  ) {}

  /** Fields beyond their range carry over, as in Go: month 13 is January of the next year. */
  static of(
    year: number,
    month: number,
    day: number,
    hour: number,
    minute: number,
    second: number,
    ns: bigint,
    zone: Zone,
  ): Instant {
    const ofDay = hour * 3600 + minute * 60 + second;
    const carried = Math.floor(ofDay / DAY);
    const unix = zone.toUnix(daysOf(year, month, day) + carried, ofDay - carried * DAY);
    return new Instant(BigInt(unix) * SECOND + ns, zone);
  }

  get unix(): number {
    return Number(floorDivide(this.ns, SECOND));
  }

  get nanosecond(): number {
    return Number(this.ns - floorDivide(this.ns, SECOND) * SECOND);
  }

  get offset(): number {
    return this.zone.offsetAt(this.unix);
  }

  get moment(): Moment {
    const wall = this.unix + this.offset;
    const days = Math.floor(wall / DAY);
    const rest = wall - days * DAY;
    return { ...civil(days), hour: Math.floor(rest / 3600), minute: Math.floor(rest / 60) % 60, second: rest % 60 };
  }

  /** 0 is Sunday. */
  get weekday(): number {
    const days = Math.floor((this.unix + this.offset) / DAY);
    return (((days + 4) % 7) + 7) % 7;
  }

  get yearDay(): number {
    const { year, month, day } = this.moment;
    return daysOf(year, month, day) - daysOf(year, 1, 1) + 1;
  }

  get isZero(): boolean {
    return this.ns === BigInt(daysOf(1, 1, 1)) * 86_400n * SECOND;
  }

  plus(ns: bigint): Instant {
    return new Instant(this.ns + ns, this.zone);
  }

  plusDate(years: number, months: number, days: number): Instant {
    const { year, month, day, hour, minute, second } = this.moment;
    return Instant.of(
      year + years,
      month + months,
      day + days,
      hour,
      minute,
      second,
      BigInt(this.nanosecond),
      this.zone,
    );
  }

  in(zone: Zone): Instant {
    return new Instant(this.ns, zone);
  }

  /** Since the zero time, as Go's Truncate and Round count. */
  truncate(step: bigint): Instant {
    if (step <= 0n) return this;
    const zero = BigInt(daysOf(1, 1, 1)) * 86_400n * SECOND;
    const since = this.ns - zero;
    return new Instant(zero + floorDivide(since, step) * step, this.zone);
  }

  round(step: bigint): Instant {
    if (step <= 0n) return this;
    const down = this.truncate(step);
    return (this.ns - down.ns) * 2n < step ? down : down.plus(step);
  }
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

function civil(days: number): Pick<Moment, "year" | "month" | "day"> {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const years = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * years + Math.floor(years / 4) - Math.floor(years / 100));
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: years + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}
