/**
 * Options that all tabs over one engine must have alike: those the engine was started with.
 * @module
 */
import type { EngineOptions } from "../../contract/contract.ts";
import { resolveLimits } from "../../limits.ts";
import type { EngineStart } from "../../wire/protocol.ts";

/** What an option is when it is left out; the others are nothing then. */
const defaults: EngineOptions = {
  runtimeRoot: "/runtime",
  isolation: "skill",
  loadPolicy: "isolate",
  rootChainPolicy: "formal",
  dependencyPolicy: "strict",
  verifyOnInstall: true,
  durability: "strict",
  ffi: true,
  load: true,
  decisions: "denied",
  sqlite: { storage: "vfs" },
};

/** The page's own: how long it waits for what. */
const ofThePage = new Set(["limits.handshakeMs", "limits.stopGraceMs"]);

/** Names of the options, and of host callbacks, that differ; `kind` is what the leader's storage really is. */
export function differingOptions(leader: EngineStart, follower: EngineStart, kind: string): string[] {
  const [mine, theirs] = [effective(leader.options), effective(follower.options)];
  const wanted = theirs.get("storage.kind");
  if (wanted === text("browser") || wanted === text(kind)) theirs.set("storage.kind", mine.get("storage.kind") ?? "");
  const names = [...new Set([...mine.keys(), ...theirs.keys()])];
  const options = names.filter((name) => mine.get(name) !== theirs.get(name) && !ofThePage.has(name));
  const callbacks = [...new Set([...leader.callbacks, ...follower.callbacks])].filter(
    (name) => leader.callbacks.includes(name) !== follower.callbacks.includes(name),
  );
  return [...options, ...callbacks].sort();
}

function effective(options: EngineOptions): Map<string, string> {
  const { storage = { kind: "browser" }, limits, ...rest } = options;
  const out = new Map<string, string>();
  for (const [name, value] of Object.entries(resolveLimits(limits))) out.set(`limits.${name}`, text(value));
  out.set("storage.kind", text(storage.kind));
  if ("salvage" in storage && storage.salvage) out.set("storage.salvage", text(true));
  for (const [name, value] of Object.entries({ ...defaults, ...withoutUndefined(rest) })) out.set(name, text(value));
  return out;
}

function withoutUndefined(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** Members in one order, so that equal options are equal texts. */
function text(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "bigint") return `${item}n`;
    if (ArrayBuffer.isView(item)) return [...new Uint8Array(item.buffer, item.byteOffset, item.byteLength)];
    if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
