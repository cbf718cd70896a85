import { describe, expect, it, vi } from "vitest";
import { localWire } from "./local-port.ts";
import { MessageWire, type PlatformPort } from "./message-port.ts";
import type { FromEngine, ToEngine } from "./protocol.ts";

const ready = { type: "ready" } as FromEngine;
const answer: ToEngine = { type: "callback-result", id: 1, outcome: { ok: true, value: 1 } };
const microtask = () => Promise.resolve();

describe("a wire within one thread", () => {
  it("delivers to the engine at once, and to the page after what runs now", async () => {
    const [page, engine] = localWire();
    const heard: string[] = [];
    engine.listen((message) => heard.push(`engine ${"type" in message ? message.type : "request"}`));
    page.listen((message) => heard.push(`page ${"type" in message ? message.type : "reply"}`));
    engine.post(ready);
    page.post(answer);
    expect(heard).toEqual(["engine callback-result"]);
    await microtask();
    expect(heard).toEqual(["engine callback-result", "page ready"]);
  });

  it("forgets a listener that has gone, and everything when it is closed", async () => {
    const [page, engine] = localWire();
    const first = vi.fn();
    const second = vi.fn();
    const deafen = page.listen(first);
    page.listen(second);
    deafen();
    engine.post(ready);
    await microtask();
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([0, 1]);
    page.close();
    engine.post(ready);
    await microtask();
    expect(second).toHaveBeenCalledOnce();
    page.post(answer);
    page.close();
  });

  it("delivers nothing to a side that has closed, whoever listens there afterwards", async () => {
    const [page, engine] = localWire();
    page.close();
    const heard = vi.fn();
    page.listen(heard);
    engine.post(ready);
    await microtask();
    expect(heard).not.toHaveBeenCalled();
  });

  it("delivers nothing more to a side whose other side has closed", async () => {
    const [page, engine] = localWire();
    const heard = vi.fn();
    page.listen(heard);
    engine.close();
    engine.post(ready);
    await microtask();
    expect(heard).not.toHaveBeenCalled();
  });
});

class FakePort implements PlatformPort {
  readonly posted: unknown[][] = [];
  readonly listeners: Array<(event: { data: unknown }) => void> = [];
  started = 0;
  closed = 0;
  postMessage(...message: unknown[]): void {
    this.posted.push(message);
  }
  addEventListener(_type: "message", listener: (event: { readonly data: unknown }) => void): void {
    this.listeners.push(listener);
  }
  start(): void {
    this.started += 1;
  }
  close(): void {
    this.closed += 1;
  }
  hear(data: unknown): void {
    for (const listener of this.listeners) listener({ data });
  }
}

describe("a wire over a platform's port", () => {
  const wired = () => {
    const port = new FakePort();
    const wire = new MessageWire<ToEngine, FromEngine>(port);
    const ours = vi.fn();
    const comlink = vi.fn();
    const deafen = wire.listen(ours);
    wire.control.addEventListener("message", comlink);
    return { port, wire, ours, comlink, deafen };
  };

  it("starts the port and parts comlink's messages from ours", () => {
    const { port, ours, comlink } = wired();
    expect([port.started, port.listeners.length]).toEqual([1, 1]);
    for (const data of [{ id: "a" }, { id: 7 }, [1, {}], ready, null]) port.hear(data);
    expect(comlink.mock.calls.map(([event]) => event.data)).toEqual([{ id: "a" }]);
    expect(ours.mock.calls.map(([message]) => message)).toEqual([{ id: 7 }, [1, {}], ready, null]);
  });

  it("needs no port that has to be started", () => {
    const port = { postMessage: vi.fn(), addEventListener: vi.fn(), close: vi.fn() };
    new MessageWire(port).post(1);
    expect(port.postMessage).toHaveBeenCalledWith(1, undefined);
  });

  it("posts for both, with what is to be transferred", () => {
    const { port, wire } = wired();
    const buffer = new ArrayBuffer(1);
    wire.post(answer, [buffer]);
    wire.control.postMessage("x", [buffer]);
    expect(port.posted).toEqual([
      [answer, [buffer]],
      ["x", [buffer]],
    ]);
  });

  it("forgets who does not listen any more", () => {
    const { port, wire, ours, comlink, deafen } = wired();
    deafen();
    wire.control.removeEventListener("message", comlink);
    port.hear(ready);
    port.hear({ id: "a" });
    expect([ours.mock.calls.length, comlink.mock.calls.length]).toEqual([0, 0]);
  });

  it("closes the port and hears nothing afterwards", () => {
    const { port, wire, ours, comlink } = wired();
    wire.close();
    port.hear(ready);
    port.hear({ id: "a" });
    expect([port.closed, ours.mock.calls.length, comlink.mock.calls.length]).toEqual([1, 0, 0]);
  });
});
