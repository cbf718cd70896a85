import { expect, it, vi } from "vitest";
import type { BridgeLink } from "./link.ts";
import { RealFolder } from "./real-folder.ts";

const opened = { mirror: 1, path: "/real" };

function folder() {
  const losses: Array<() => void> = [];
  const link = { onLost: (listener: () => void) => losses.push(listener) } as unknown as BridgeLink;
  const ask = vi.fn(async () => opened);
  const lost = vi.fn();
  return { real: new RealFolder(link, ask, lost), ask, lost, lose: () => losses.forEach((each) => void each()) };
}

it("is asked for once, when somebody needs it", async () => {
  const { real, ask } = folder();
  expect([real.asked, ask.mock.calls.length]).toEqual([undefined, 0]);
  await expect(Promise.all([real.opened(), real.opened()])).resolves.toEqual([opened, opened]);
  await expect(real.asked).resolves.toEqual(opened);
  expect(ask).toHaveBeenCalledOnce();
});

it("is asked for again after a failure: a bridge may be started later than the runtime", async () => {
  const { real, ask } = folder();
  ask.mockRejectedValueOnce(new Error("no connection"));
  await expect(real.opened()).rejects.toThrow("no connection");
  await expect(real.opened()).resolves.toEqual(opened);
});

it("is asked for again after a loss, of which its owner hears; what fails late spoils nothing newer", async () => {
  const { real, ask, lost, lose } = folder();
  let fail = (_: Error) => {};
  ask.mockImplementationOnce(() => new Promise((_, reject) => (fail = reject)));
  const first = real.opened();
  lose();
  expect(lost).toHaveBeenCalledOnce();
  const second = real.opened();
  fail(new Error("the connection was lost"));
  await expect(first).rejects.toThrow("lost");
  await expect(second).resolves.toEqual(opened);
  expect(real.asked).toBe(second);
});
