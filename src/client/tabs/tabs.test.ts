import { afterEach, describe, expect, it, vi } from "vitest";
import type { LuaSkillsError } from "../../errors.ts";
import { defaultLimits } from "../../limits.ts";
import { FakeEngine } from "../../testing/fake-engine.ts";
import { FakeLocks } from "../../testing/fake-locks.ts";
import { InlineLink } from "../../wire/inline-link.ts";
import { follow } from "./tabs.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

/**
 * Runtimes of one thread with the locks of tabs of their own. `engines`: one for each time somebody led or prepared to. `held`: what
 * their starts wait for.
 */
function origin(answer: ConstructorParameters<typeof FakeEngine>[0] = () => "done", held = () => Promise.resolve()) {
  const locks = new FakeLocks();
  const engines: FakeEngine[] = [];
  let tabs = 0;
  return {
    engines,
    async open(options: Parameters<typeof follow>[0] = {}, handshakeMs = defaultLimits.handshakeMs) {
      const tab = `tab-${++tabs}`;
      vi.stubGlobal("navigator", { locks: locks.client(tab) });
      const runtime = await follow(options, {
        store: "unit",
        tab,
        wasm: {},
        limits: { ...defaultLimits, stopGraceMs: 50, handshakeMs },
        warmSpare: false,
        engineLink: () => {
          const engine = new FakeEngine(answer);
          engines.push(engine);
          return new InlineLink(async (...given) => {
            await held();
            return engine.boot(...given);
          });
        },
      });
      return { runtime };
    },
  };
}

describe("tabs", () => {
  it("have one engine, and another when its tab closes", async () => {
    const { engines, open } = origin();
    const [first, second, third] = [await open(), await open(), await open()];
    expect([first, second, third].map(({ runtime }) => runtime.capabilities.role)).toEqual([
      "leader",
      "follower",
      "follower",
    ]);
    expect(await second.runtime.runLua("a")).toBe("done");
    await first.runtime.close();
    expect(await third.runtime.runLua("b")).toBe("done");
    expect(engines.map(({ requests }) => requests.length)).toEqual([1, 1]);
    expect(engines[0]?.closed).toBe(true);
    await Promise.all([second.runtime.close(), third.runtime.close()]);
  });

  it("fail what the leader had begun, and repeat what it had not", async () => {
    let begun = () => {};
    const { engines, open } = origin((request, _engine, _id) => {
      if (request.op !== "runLua" || request.code !== "hang") return "done";
      begun();
      return new Promise(() => {});
    });
    const [first, second] = [await open(), await open()];
    const hangs = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const cut = second.runtime.runLua("hang").catch((error: LuaSkillsError) => error);
    await hangs;
    const closing = first.runtime.close();
    const later = second.runtime.runLua("later");
    expect(await cut).toMatchObject({ code: "leader_changed", data: { effects: "possible" } });
    expect(await later).toBe("done");
    await closing;
    expect(engines.map(({ requests }) => requests.filter((each) => each.op === "runLua").length)).toEqual([1, 1]);
    expect(second.runtime.capabilities.role).toBe("leader");
    await second.runtime.close();
  });

  it("end their calls in time when the leader hangs, and none of those runs once it goes on", async () => {
    const { engines, open } = origin();
    const [first, second] = [await open(), await open({}, 300)];
    const unheard: Array<readonly [BroadcastChannel, unknown]> = [];
    const hanging = vi.spyOn(BroadcastChannel.prototype, "postMessage").mockImplementation(function (
      this: BroadcastChannel,
      message,
    ) {
      unheard.push([this, message]);
    });
    const late = second.runtime.runLua("late", {}, { timeoutMs: 20 });
    await expect(late).rejects.toMatchObject({ code: "deadline_exceeded" });
    const controller = new AbortController();
    const given = second.runtime.runLua("given up", {}, { signal: controller.signal });
    controller.abort();
    await expect(given).rejects.toMatchObject({ code: "aborted" });
    // What has no time of its own has the leader's.
    await expect(second.runtime.fs.write("/runtime/a", "")).rejects.toMatchObject({
      code: "storage_in_use",
      message: expect.stringContaining('the store "unit" does not answer'),
      data: { effects: "none" },
    });
    const patient = second.runtime.runLua("patient");
    hanging.mockRestore();
    for (const [channel, message] of unheard) channel.postMessage(message);
    expect(await patient).toBe("done");
    expect(engines[0]?.requests).toMatchObject([{ op: "runLua", code: "patient" }]);
    await Promise.all([first.runtime.close(), second.runtime.close()]);
  });

  it("prepare to lead only while another one leads", async () => {
    let release = () => {};
    let held = Promise.resolve();
    const { engines, open } = origin(undefined, () => held);
    const [first, second, third] = [await open(), await open(), await open()];
    await vi.waitFor(() => expect(engines).toHaveLength(2));
    held = new Promise((resolve) => {
      release = resolve;
    });
    await first.runtime.close();
    const answer = third.runtime.runLua("a");
    // The third is next now; while the second starts it is not to take the processor.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(engines).toHaveLength(2);
    release();
    expect(await answer).toBe("done");
    await vi.waitFor(() => expect(engines).toHaveLength(3));
    await Promise.all([second.runtime.close(), third.runtime.close()]);
  });

  it("must agree on options", async () => {
    const { open } = origin();
    const { runtime } = await open({ isolation: "shared" });
    await expect(open()).rejects.toMatchObject({ code: "options_differ", data: { options: ["isolation"] } });
    await runtime.close();
  });
});
