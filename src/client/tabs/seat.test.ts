import { afterEach, expect, it, vi } from "vitest";
import { FakeLocks } from "../../testing/fake-locks.ts";
import { storeLockName, tabLockName } from "./names.ts";
import { ownerShares, Seat } from "./seat.ts";

afterEach(() => vi.unstubAllGlobals());

it("does not own the store before it holds the lock by which others see that it shares it", async () => {
  const locks = new FakeLocks();
  vi.stubGlobal("navigator", { locks: locks.client("a") });
  let letGo = () => {};
  // A tab that watched the earlier part of this one, which slept meanwhile.
  const watches = locks.client("b").request(
    tabLockName("unit", "a"),
    { mode: "shared" },
    () =>
      new Promise<void>((resolve) => {
        letGo = resolve;
      }),
  );
  const seat = new Seat("unit", "a");
  await new Promise((resolve) => setTimeout(resolve, 20));
  const { held = [] } = await navigator.locks.query();
  expect(held.map(({ name }) => name)).not.toContain(storeLockName("unit"));
  letGo();
  await watches;
  await seat.mine;
  expect(await ownerShares("unit", "b")).toBe(true);
  seat.leave();
});
