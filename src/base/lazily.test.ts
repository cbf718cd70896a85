import { expect, it } from "vitest";
import { lazily } from "./lazily.ts";

it("loads once for all who ask, and anew after a failure", async () => {
  let loads = 0;
  const get = lazily(async () => {
    loads++;
    if (loads === 1) throw new Error("not yet");
    return { loads };
  });
  await expect(Promise.all([get(), get()])).rejects.toThrow("not yet");
  expect(loads).toBe(1);
  expect(await Promise.all([get(), get()])).toEqual([{ loads: 2 }, { loads: 2 }]);
  expect(await get()).toBe(await get());
});
