import { beforeEach, describe, expect, it } from "vitest";
import { Presence } from "./presence.ts";

describe("whether a file is still there", () => {
  let there = true;
  let looks = 0;
  let now = 0;
  let presence: Presence;

  beforeEach(() => {
    there = true;
    looks = 0;
    now = 0;
    const has = async () => {
      looks++;
      return there;
    };
    presence = new Presence({ has }, () => now);
  });

  it("is looked at for the first who asks, for another name, and again after a while", async () => {
    expect([await presence.seen("head-1"), looks]).toEqual([true, 1]);
    now = 4;
    expect([await presence.seen("head-1"), looks]).toEqual([true, 1]);
    expect([await presence.seen("head-2"), looks]).toEqual([true, 2]);
    now = 14;
    there = false;
    expect([await presence.seen("head-2"), looks]).toEqual([false, 3]);
    expect([await presence.seen("head-2"), looks]).toEqual([false, 4]);
  });

  it("is looked at beside writes that follow one another, and the next of them hears that it is gone", async () => {
    await presence.seen("head-1");
    there = false;
    now = 5;
    expect([await presence.seen("head-1"), looks]).toEqual([true, 2]);
    await Promise.resolve();
    expect(await presence.seen("head-1")).toBe(false);
  });

  it("is looked at once at a time, and what is known is as old as the look's beginning", async () => {
    let answer = (): void => {};
    const has = () => {
      looks++;
      return new Promise<boolean>((resolve) => {
        answer = () => resolve(true);
      });
    };
    const slow = new Presence({ has }, () => now);
    const first = slow.seen("head-1");
    now = 3;
    answer();
    expect(await first).toBe(true);
    now = 6;
    expect([await slow.seen("head-1"), looks]).toEqual([true, 2]);
    expect([await slow.seen("head-1"), looks]).toEqual([true, 2]);
    now = 10;
    const late = slow.seen("head-1");
    expect(looks).toBe(3);
    answer();
    expect(await late).toBe(true);
  });

  it("is not taken for sure when the look fails", async () => {
    const broken = new Presence({ has: () => Promise.reject(new Error("the disk is gone")) }, () => now);
    await expect(broken.seen("head-1")).rejects.toThrow("the disk is gone");
    await expect(broken.seen("head-1")).rejects.toThrow("the disk is gone");
    // Nobody need listen: an unheard rejection fails the run.
    void broken.seen("head-1");
    await new Promise((resolve) => setTimeout(resolve, 0));
  });
});
