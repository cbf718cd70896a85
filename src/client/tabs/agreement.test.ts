import { expect, test } from "vitest";
import type { EngineOptions } from "../../contract/contract.ts";
import type { HostCallbackName } from "../../wire/protocol.ts";
import { differingOptions } from "./agreement.ts";

const start = (options: EngineOptions, callbacks: HostCallbackName[] = []) => ({ options, callbacks, wasm: {} });
const differ = (leader: EngineOptions, follower: EngineOptions) =>
  differingOptions(start(leader), start(follower), "opfs");

test("an option that is left out is its default", () => {
  const said: EngineOptions = {
    runtimeRoot: "/runtime",
    isolation: "skill",
    ffi: true,
    limits: { vmMemoryBytes: 128 * 2 ** 20 },
    storage: { kind: "browser" },
    cwd: undefined as unknown as string,
  };
  expect(differ({}, said)).toEqual([]);
  expect(differ(said, {})).toEqual([]);
});

test("what differs is named, limits one by one, and those of the page alone do not count", () => {
  const limits = { runMs: 1, handshakeMs: 1, stopGraceMs: 1 };
  expect(differ({ isolation: "shared", env: { a: "1" } }, { limits, roots: [] })).toEqual([
    "env",
    "isolation",
    "limits.runMs",
    "roots",
  ]);
});

test("the order of members is no difference, that of lists is one", () => {
  expect(differ({ env: { a: "1", b: "2" } }, { env: { b: "2", a: "1" } })).toEqual([]);
  expect(differ({ modules: ["json", "time"] }, { modules: ["time", "json"] })).toEqual(["modules"]);
});

test("a kind of storage is the leader's, what the leader's really is, or the browser's choice", () => {
  const kinds = (leader: "browser" | "opfs" | "indexeddb", follower: "browser" | "opfs" | "indexeddb") =>
    differ({ storage: { kind: leader } }, { storage: { kind: follower } });
  expect([kinds("browser", "opfs"), kinds("opfs", "browser"), kinds("opfs", "opfs")]).toEqual([[], [], []]);
  expect(kinds("browser", "indexeddb")).toEqual(["storage.kind"]);
  expect(differ({}, { storage: { kind: "opfs", salvage: true } })).toEqual(["storage.salvage"]);
});

test("both have the same callbacks", () => {
  expect(differingOptions(start({}, ["llm", "hostTool"]), start({}, ["hostTool", "fetch"]), "opfs")).toEqual([
    "fetch",
    "llm",
  ]);
});
