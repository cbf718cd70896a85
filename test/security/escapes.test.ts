import { describe, expect, test } from "vitest";
import { escapeWorld } from "./escape-world.ts";
import { escapes, secret } from "./escapes.ts";

describe("escapes of one isolated skill", () => {
  test.each(escapes)("$name", async ({ code, refusal }) => {
    const world = await escapeWorld();
    const before = await world.check();
    expect(before).toContain(secret);
    const answer = await world.escape(code).catch((error: Error) => `error: ${error.message}`);
    expect(answer).not.toContain(secret);
    expect(answer).toBe(refusal ?? "nothing");
    expect(await world.check()).toBe(before);
    expect((Object.prototype as Record<string, unknown>).polluted).toBeUndefined();
    await world.engine.engine.close();
  });

  test("the runner notices what does work", async () => {
    const shared = await escapeWorld({ isolation: "shared" });
    const stolen = escapes.find((one) => one.name === "configuration under another name");
    expect(await shared.escape(stolen?.code ?? "")).toBe(secret);
  });
});
