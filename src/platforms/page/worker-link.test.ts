import { afterEach, describe, expect, it, vi } from "vitest";
import { LuaSkillsError } from "../../errors.ts";
import { FakeEngine } from "../../testing/fake-engine.ts";
import { type ReplyFrame, replyOf, requestFrame } from "../../wire/frames.ts";
import { serveWorker } from "../../wire/serve-worker.ts";
import { WorkerLink } from "./worker-link.ts";

const plan = {
  workerUrl: undefined,
  wasm: {},
  waiting: undefined,
  handshakeMs: 100,
  spare: false,
  storage: undefined,
  storeHeld: Promise.resolve(),
};

/** Both ends of a worker in one thread: what the page posts, the scope hears, cloned. */
class FakeWorker extends EventTarget {
  readonly scope = new EventTarget();
  terminated = false;
  postMessage(message: unknown, transfer: MessagePort[]): void {
    const data = structuredClone(message, { transfer });
    setTimeout(() => this.scope.dispatchEvent(new MessageEvent("message", { data })));
  }
  terminate(): void {
    this.terminated = true;
  }
}

function linked(serve: (worker: FakeWorker) => void) {
  vi.stubGlobal("Worker", class {});
  const worker = new FakeWorker();
  serve(worker);
  return { worker, link: new WorkerLink({ ...plan, worker: () => worker as unknown as Worker }) };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("WorkerLink", () => {
  it("starts, asks and hears replies and events in order over one port", async () => {
    const engine = new FakeEngine((_request, fake, id) => {
      fake.emit("log", { level: "info", message: "before the reply" }, id);
      return "reply";
    });
    const { link } = linked((worker) => serveWorker(() => engine.boot, worker.scope as never));
    await link.ready;
    const order: unknown[] = [];
    const replied = new Promise<void>((resolve) => {
      link.port.listen((message) => {
        if (Array.isArray(message)) order.push(replyOf(message as ReplyFrame));
        else if ("type" in message && message.type === "event") order.push(message.event);
        if (Array.isArray(message)) resolve();
      });
    });
    await expect(link.control.start({ options: {}, callbacks: [], wasm: {} })).resolves.toMatchObject({ ok: true });
    link.port.post(requestFrame(1, { op: "flush" }));
    await replied;
    expect(order).toEqual([
      { level: "info", message: "before the reply" },
      { ok: true, value: "reply" },
    ]);
    link.terminate(new LuaSkillsError("runtime_closed", "bye"));
  });

  it("fails the handshake with the reason when the worker's script does not run", async () => {
    const { worker, link } = linked(() => {});
    const event = Object.assign(new Event("error", { cancelable: true }), { message: "SyntaxError: boom" });
    worker.dispatchEvent(event);
    await expect(link.ready).rejects.toMatchObject({
      code: "worker_unavailable",
      message: expect.stringContaining("SyntaxError: boom"),
    });
  });

  it("fails the handshake when nobody answers in time", async () => {
    const { link } = linked(() => {});
    await expect(link.ready).rejects.toMatchObject({
      code: "worker_unavailable",
      message: expect.stringMatching(/100 ms \(limits\.handshakeMs\)/),
    });
    link.terminate(new LuaSkillsError("runtime_closed", "bye"));
  });

  it("notices a silent death by the life lock", async () => {
    let grant: (() => void) | undefined;
    const request = vi.fn((_name: string, options: unknown, then?: () => unknown) => {
      if (!then) return (options as () => unknown)();
      grant = then as () => void;
      return new Promise(() => {});
    });
    vi.stubGlobal("navigator", { locks: { request } });
    const { link } = linked((worker) => serveWorker(() => new FakeEngine().boot, worker.scope as never));
    await link.ready;
    await vi.waitFor(() => expect(grant).toBeDefined());
    grant?.();
    await expect(link.died).resolves.toMatchObject({ code: "worker_crashed" });
    link.terminate(new LuaSkillsError("runtime_closed", "bye"));
  });

  it("rejects what waits for it when it is terminated", async () => {
    const { link, worker } = linked(() => {});
    link.terminate(new LuaSkillsError("runtime_closed", "bye"));
    await expect(link.ready).rejects.toMatchObject({ code: "runtime_closed" });
    expect(worker.terminated).toBe(true);
  });
});
