import { describe, expect, it } from "vitest";
import { type Resident, Residents } from "./residents.ts";

class Fake implements Resident {
  live = true;
  constructor(
    public bytes: number,
    public busy = false,
  ) {}
  memoryBytes() {
    return this.bytes;
  }
  letGo() {
    if (this.busy) return false;
    this.live = false;
    return true;
  }
}

const limits = { bytes: 100, patienceMs: 60, graceMs: 0 };
const fill = async (residents: Residents, ...members: Fake[]) => {
  for (const member of members) await residents.enter(member, limits);
  return members;
};

describe("engines of one isolate", () => {
  it("lets the one go that was unused for longest", async () => {
    const residents = new Residents();
    const [a, b, c] = await fill(residents, new Fake(40), new Fake(40), new Fake(10));
    if (a) residents.used(a, limits);
    await residents.enter(new Fake(40), limits);
    expect([a?.live, b?.live, c?.live]).toEqual([true, false, true]);
    expect(residents.bytes).toBe(90);
  });

  it("keeps engines at work, however old", async () => {
    const residents = new Residents();
    const [busy, idle] = await fill(residents, new Fake(50, true), new Fake(50));
    await residents.enter(new Fake(50), limits);
    expect([busy?.live, idle?.live]).toEqual([true, false]);
  });

  it("lets others go when one has grown, and keeps the one that did", async () => {
    const residents = new Residents();
    const [a, b] = await fill(residents, new Fake(30), new Fake(30));
    if (!b) throw new Error("no second member");
    b.bytes = 150;
    residents.used(b, limits);
    expect([a?.live, b.live, residents.size]).toEqual([false, true, 1]);
  });

  it("waits for room in order of arrival", async () => {
    const residents = new Residents();
    const [busy] = await fill(residents, new Fake(100, true));
    const order: string[] = [];
    const patient = { ...limits, patienceMs: 2_000 };
    const first = residents.enter(new Fake(60), patient).then(() => order.push("first"));
    const second = residents.enter(new Fake(40), patient).then(() => order.push("second"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(order).toEqual([]);
    if (busy) busy.busy = false;
    await Promise.all([first, second]);
    expect(order).toEqual(["first", "second"]);
  });

  it("gives up with a code that says try again, and leaves no place in the line", async () => {
    const residents = new Residents();
    const [busy] = await fill(residents, new Fake(100, true));
    await expect(residents.enter(new Fake(50), limits)).rejects.toMatchObject({
      code: "overloaded",
      data: { residents: 1, maxBytes: 100 },
    });
    if (busy) busy.busy = false;
    await residents.enter(new Fake(50), limits);
    expect(residents.size).toBe(1);
  });

  it("leaves an engine a moment for the next call, while others wait", async () => {
    const residents = new Residents();
    const [a] = await fill(residents, new Fake(60));
    const asked = Date.now();
    await residents.enter(new Fake(60), { bytes: 100, patienceMs: 2_000, graceMs: 80 });
    expect(Date.now() - asked).toBeGreaterThanOrEqual(75);
    expect(a?.live).toBe(false);
  });

  it("lets a single engine in that is larger than the cap", async () => {
    const residents = new Residents();
    await residents.enter(new Fake(500), limits);
    expect(residents.size).toBe(1);
  });
});
