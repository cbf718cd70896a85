import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { LuaSkillsError } from "../errors.ts";
import { type NetworkPolicy, policedFetch } from "./fetch.ts";

const open: NetworkPolicy = { allowNetwork: true, limits: { downloadBytes: 10 } };
const listed: NetworkPolicy = { ...open, allowed: ["https://h.example"] };
const bytes = (count: number) => new Uint8Array(count).fill(7);

interface Asked {
  readonly url: string;
  readonly init: RequestInit;
}

/** A platform whose fetch answers by the last part of the address. */
function platform(answers: Readonly<Record<string, () => Response>>): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    asked.push({ url, init });
    const answer = answers[url.slice(url.lastIndexOf("/") + 1)];
    if (!answer) throw new Error(`nothing at ${url}`);
    return answer();
  });
  return asked;
}
const to =
  (location: string, status = 302) =>
  () =>
    new Response(null, { status, headers: { location } });
const end = () => new Response(bytes(3));
const sizeOf = async (path: string, policy = listed) =>
  (await policedFetch(`https://h.example/${path}`, policy)).body.length;

afterEach(() => vi.unstubAllGlobals());

describe("a request of the platform", () => {
  it("carries no cookies and no referrer, and is made once", async () => {
    const asked = platform({ end });
    expect(await sizeOf("end")).toBe(3);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.init).toMatchObject({ method: "GET", credentials: "omit", referrerPolicy: "no-referrer" });
  });

  it("follows redirects by itself only where there is no list", async () => {
    const asked = platform({ end });
    await sizeOf("end", open);
    await sizeOf("end", listed);
    expect(asked.map(({ init }) => init.redirect)).toEqual([undefined, "manual"]);
  });

  it.each([300, 301, 302, 303, 307, 308, 399])("follows status %i", async (status) => {
    platform({ start: to("/end", status), end });
    expect(await sizeOf("start")).toBe(3);
  });

  it.each([201, 299, 400, 404])("takes status %i for an answer, whatever location it names", async (status) => {
    const asked = platform({ start: () => new Response(bytes(2), { status, headers: { location: "/end" } }), end });
    expect(await sizeOf("start")).toBe(2);
    expect(asked).toHaveLength(1);
  });

  it("takes a redirect to nowhere for an answer", async () => {
    platform({ start: () => new Response(null, { status: 304 }) });
    expect(await policedFetch("https://h.example/start", listed)).toMatchObject({ status: 304, body: { length: 0 } });
  });

  it("follows ten redirects and no more", async () => {
    const chain = (length: number) => ({
      ...Object.fromEntries(Array.from({ length }, (_, i) => [`${i}`, to(`/${i + 1 === length ? "end" : i + 1}`)])),
      end,
    });
    platform(chain(10));
    expect(await sizeOf("0")).toBe(3);
    platform(chain(11));
    await expect(sizeOf("0")).rejects.toMatchObject({
      code: "network_error",
      message: "Failed to download https://h.example/0: more than 10 redirects",
    });
  });
});

describe("the size of an answer", () => {
  it("may be the cap, declared or not", async () => {
    platform({
      a: () => new Response(bytes(10)),
      b: () => new Response(bytes(10), { headers: { "content-length": "10" } }),
    });
    expect([await sizeOf("a"), await sizeOf("b")]).toEqual([10, 10]);
  });

  it("is refused by its declaration before anything is read", async () => {
    const pull = vi.fn();
    const cancel = vi.fn();
    const body = () => new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
    platform({ big: () => new Response(body(), { headers: { "content-length": "11" } }) });
    await expect(sizeOf("big")).rejects.toMatchObject({
      code: "network_error",
      message: expect.stringContaining("11"),
    });
    expect(pull).not.toHaveBeenCalled();
    expect(cancel).toHaveBeenCalledOnce();
  });

  it("is not what the header says when the body is encoded", async () => {
    const seen: Array<number | null> = [];
    const headers = { "content-length": String(gzipSync(bytes(8)).length), "content-encoding": "gzip" };
    platform({
      a: () => new Response(bytes(8), { headers }),
      b: () => new Response(bytes(8), { headers: { "content-length": "8" } }),
    });
    for (const path of ["a", "b"]) {
      await policedFetch(`https://h.example/${path}`, open, { onProgress: (_, total) => seen.push(total) });
    }
    expect(seen).toEqual([null, 8]);
  });
});

describe("what stops a request", () => {
  it("has stopped it before it was made", async () => {
    const asked = platform({ end });
    const signal = AbortSignal.abort();
    await expect(policedFetch("https://h.example/end", open, { signal })).rejects.toMatchObject({ code: "aborted" });
    expect(asked).toEqual([]);
  });

  it("leaves no timer and no listener behind", async () => {
    vi.useFakeTimers();
    platform({ end });
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, "addEventListener");
    const removed = vi.spyOn(signal, "removeEventListener");
    await policedFetch("https://h.example/end", open, { signal });
    expect(vi.getTimerCount()).toBe(0);
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      added.mock.calls.map(([, listener]) => listener),
    );
    expect(added).toHaveBeenCalledOnce();
    vi.useRealTimers();
  });

  it("is the deadline, also where the host's fetch calls that an abort", async () => {
    const callback = (_: string, { signal }: { signal?: AbortSignal }) =>
      new Promise<never>((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(new LuaSkillsError("aborted", "stopped")));
      });
    await expect(
      policedFetch("https://h.example/", { ...open, timeoutMs: 5 }, {}, { fetch: callback }),
    ).rejects.toMatchObject({
      code: "deadline_exceeded",
    });
  });
});

describe("the host's fetch", () => {
  const answering = (count: number) => async () => ({ status: 200, headers: {}, body: bytes(count) });

  it("may answer as much as the cap, and is told about in pieces", async () => {
    const seen: number[][] = [];
    const policy = { ...open, limits: { downloadBytes: 150_000 } };
    const onProgress = (done: number, total: number | null) => seen.push([done, total ?? -1]);
    await policedFetch("https://h.example/", policy, { onProgress }, { fetch: answering(150_000) });
    expect(seen).toEqual([
      [65_536, 150_000],
      [131_072, 150_000],
      [150_000, 150_000],
    ]);
  });
});
