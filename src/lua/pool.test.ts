import { describe, expect, test } from "vitest";
import type { LuaVm } from "./interface.ts";
import { type PoolOptions, type PoolSize, VmPool } from "./pool.ts";

class FakeVm {
  usable = true;
  closed = false;
  constructor(readonly id: number) {}
  close(): void {
    this.usable = false;
    this.closed = true;
  }
}

function setUp(size: Partial<PoolSize> = {}, more: Pick<PoolOptions, "maxIdle" | "maxPaused" | "patienceMs"> = {}) {
  const clock = { time: 0, now: () => clock.time };
  const made: FakeVm[] = [];
  let failing = false;
  const pool = new VmPool({
    size: { min: 1, max: 2, idleTtlMs: 1000, ...size },
    clock,
    ...more,
    create: () => {
      if (failing) throw new Error("no VM today");
      const vm = new FakeVm(made.length);
      made.push(vm);
      return vm as unknown as LuaVm;
    },
  });
  return { pool, clock, made, fail: (on: boolean) => (failing = on) };
}

describe("VmPool", () => {
  test("sizes are normalised", () => {
    expect(setUp({ min: 0, max: 0, idleTtlMs: 0 }).pool.size).toEqual({ min: 1, max: 1, idleTtlMs: 1 });
    expect(setUp({ min: 5, max: 2 }).pool.size).toEqual({ min: 5, max: 5, idleTtlMs: 1000 });
  });

  test("a new pool is empty, prewarm fills it", async () => {
    const { pool, made } = setUp({ min: 2, max: 3 });
    expect(pool.total).toBe(0);
    await pool.prewarm("k");
    expect([pool.total, made.length]).toEqual([2, 2]);
    await pool.prewarm("k");
    expect(made.length).toBe(2);
  });

  test("the VM released last is taken first", async () => {
    const { pool } = setUp();
    const [a, b] = [await pool.acquire("k"), await pool.acquire("k")];
    b.release();
    a.release();
    expect((await pool.acquire("k")).vm).toBe(a.vm);
  });

  test("keys do not mix", async () => {
    const { pool, made } = setUp();
    (await pool.acquire("one")).release();
    const other = await pool.acquire("two");
    expect(made.length).toBe(2);
    expect(other.vm).not.toBe(made[0]);
  });

  test("waits when full, in order, and goes on when one is released", async () => {
    const { pool } = setUp({ max: 1 });
    const first = await pool.acquire("k");
    const order: string[] = [];
    const noting = async (name: string) => {
      const loan = await pool.acquire("k");
      order.push(name);
      return loan;
    };
    const second = noting("second");
    const third = noting("third");
    await Promise.resolve();
    expect([pool.waiting, order.length]).toEqual([2, 0]);
    first.release();
    (await second).release();
    await third;
    expect(order).toEqual(["second", "third"]);
    expect(pool.busy).toBe(1);
  });

  test("a key has its share, and who comes after it in line is not held up by it", async () => {
    const clock = { now: () => 0 };
    const make = () => new FakeVm(0) as unknown as LuaVm;
    const pool = new VmPool({ size: { min: 1, max: 3, idleTtlMs: 1000 }, share: 2, clock, create: make });
    const [first] = await Promise.all([pool.acquire("greedy"), pool.acquire("greedy")]);
    let third = false;
    const waits = pool.acquire("greedy").then((loan) => {
      third = true;
      return loan;
    });
    const other = await pool.acquire("modest");
    expect([pool.busy, pool.waiting, third]).toEqual([3, 1, false]);
    other.release();
    await pool.acquire("modest");
    expect(third).toBe(false);
    first?.release();
    await waits;
    expect(pool.busy).toBe(3);
  });

  test("nested acquisitions never wait", async () => {
    const { pool } = setUp({ max: 1 });
    const outer = await pool.acquire("k");
    const inner = await pool.acquire("k", { nested: true });
    expect(pool.busy).toBe(2);
    inner.release();
    outer.release();
    expect(pool.busy).toBe(0);
  });

  test("an aborted wait leaves the queue", async () => {
    const { pool } = setUp({ max: 1 });
    const held = await pool.acquire("k");
    const controller = new AbortController();
    const waiting = pool.acquire("k", { signal: controller.signal });
    const behind = pool.acquire("k");
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: "aborted" });
    held.release();
    await behind;
    await expect(pool.acquire("k", { signal: controller.signal })).rejects.toMatchObject({ code: "aborted" });
  });

  test("idle VMs above the minimum are retired", async () => {
    const { pool, clock, made } = setUp({ min: 1, max: 3 });
    const loans = [await pool.acquire("k"), await pool.acquire("k"), await pool.acquire("k")];
    for (const loan of loans) loan.release();
    clock.time = 999;
    (await pool.acquire("k")).release();
    expect(pool.total).toBe(3);
    clock.time = 1500;
    (await pool.acquire("k")).release();
    expect(pool.total).toBe(1);
    expect(made.filter((vm) => vm.closed).length).toBe(2);
    clock.time = 10_000;
    (await pool.acquire("k")).release();
    expect(pool.total).toBe(1);
  });

  test("broken VMs are discarded, the next borrower gets a fresh one", async () => {
    const { pool, made } = setUp({ max: 1 });
    const loan = await pool.acquire("k");
    const waiting = pool.acquire("k");
    (made[0] as FakeVm).usable = false;
    loan.release();
    loan.release();
    expect((await waiting).vm).toBe(made[1]);
    expect((made[0] as FakeVm).closed).toBe(true);
    expect(pool.total).toBe(1);
    (await waiting).discard();
    expect([pool.total, (made[1] as FakeVm).closed]).toEqual([0, true]);
  });

  test("a failing factory gives the slot back and wakes the next", async () => {
    const { pool, fail } = setUp({ max: 1 });
    const held = await pool.acquire("k");
    fail(true);
    const second = pool.acquire("other");
    const third = pool.acquire("k");
    held.release();
    await expect(second).rejects.toThrow("no VM today");
    fail(false);
    (await third).release();
    expect(pool.busy).toBe(0);
  });

  test("idle VMs over all keys are bounded, the longest idle goes", async () => {
    const { pool, made } = setUp({ max: 1 }, { maxIdle: 2 });
    for (const key of ["a", "b", "c"]) (await pool.acquire(key)).release();
    expect(pool.total).toBe(2);
    expect(made.map((vm) => vm.closed)).toEqual([true, false, false]);
  });

  test("retire: idle ones now, leased ones when they come back, who waits is served", async () => {
    const { pool, made } = setUp({ max: 1 });
    const held = await pool.acquire("k");
    const waiting = pool.acquire("k");
    pool.retire();
    held.release();
    expect((made[0] as FakeVm).closed).toBe(true);
    (await waiting).release();
    expect(pool.total).toBe(0);
  });

  test("a run that waits for the host gives its slot to others, and takes it back at once", async () => {
    const { pool } = setUp({ max: 1 });
    const resume = (await pool.acquire("k")).pause();
    const other = await pool.acquire("k");
    resume();
    expect(pool.busy).toBe(2);
    other.release();
    expect(pool.busy).toBe(1);
  });

  test("when as many wait for the host as may, a slot that becomes free is waited for", async () => {
    const { pool } = setUp({ max: 1 }, { maxPaused: 1, patienceMs: 60_000 });
    (await pool.acquire("k")).pause();
    const held = await pool.acquire("k");
    const resume = held.pause();
    const waiting = pool.acquire("k");
    resume();
    held.release();
    expect((await waiting).vm).toBe(held.vm);
  });

  test("when none becomes free, whoever waits is refused: the others may wait for it", async () => {
    const { pool } = setUp({ max: 1 }, { maxPaused: 1, patienceMs: 1 });
    (await pool.acquire("k")).pause();
    const held = await pool.acquire("k");
    held.pause();
    await expect(pool.acquire("k")).rejects.toMatchObject({ code: "overloaded" });
    expect(pool.waiting).toBe(0);
    held.release();
    expect((await pool.acquire("k")).vm).toBe(held.vm);
  });

  test("close fails who waits", async () => {
    const { pool } = setUp({ max: 1 });
    await pool.acquire("k");
    const waiting = pool.acquire("k");
    pool.close();
    await expect(waiting).rejects.toMatchObject({ code: "runtime_closed" });
    await expect(pool.acquire("k")).rejects.toMatchObject({ code: "runtime_closed" });
  });
});
