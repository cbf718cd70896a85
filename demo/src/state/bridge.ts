import { signal } from "@preact/signals";
import { type BridgeStatus, bridgeStatus, pairBridge } from "luaskills-wasm";
import { engine, startEngine } from "./engine.ts";
import { attempt } from "./notice.ts";
import { type BridgeAddress, saveBridge, savedBridge } from "./saved-bridge.ts";

export const defaultAddress = "http://127.0.0.1:7333";

export type BridgeState =
  | { readonly kind: "none" }
  | { readonly kind: "connecting"; readonly url: string }
  | { readonly kind: "connected"; readonly url: string; readonly status: BridgeStatus }
  | { readonly kind: "lost"; readonly url: string; readonly why: string };

export const bridge = signal<BridgeState>({ kind: "none" });

export interface BridgeLine {
  readonly id: number;
  readonly at: string;
  readonly event: string;
  readonly text: string;
}

const most = 200;
let lastId = 0;
export const bridgeLog = signal<readonly BridgeLine[]>([]);

/** From a click: the browser may ask whether the page may reach this machine. */
export async function pairWith(url: string, code: string): Promise<void> {
  const token = await attempt(() => pairBridge(url, code.trim().toUpperCase()));
  if (token === undefined) return;
  saveBridge({ url, token });
  await restart();
  await connect();
}

/** What a saved pairing leads to. */
export async function connect(): Promise<void> {
  const address = savedBridge();
  if (address === undefined) return;
  closeStatus();
  bridge.value = { kind: "connecting", url: address.url };
  try {
    const status = await bridgeStatus(address, { onLog: addLine, onLost: () => lost(address, "It went away.") });
    bridge.value = { kind: "connected", url: address.url, status };
  } catch (thrown) {
    lost(address, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** Programs run in the embedded shell again. */
export async function forget(): Promise<void> {
  closeStatus();
  saveBridge(undefined);
  bridge.value = { kind: "none" };
  bridgeLog.value = [];
  await restart();
}

async function restart(): Promise<void> {
  const state = engine.value;
  if (state.kind === "ready") await state.runtime.close();
  await startEngine();
}

function closeStatus(): void {
  const state = bridge.value;
  bridge.value = { kind: "none" };
  if (state.kind === "connected") state.status.close();
}

function lost({ url }: BridgeAddress, why: string): void {
  if (bridge.value.kind !== "none") bridge.value = { kind: "lost", url, why };
}

function addLine(line: string): void {
  const { time, event, origin: _origin, ...facts } = JSON.parse(line) as Record<string, unknown>;
  lastId += 1;
  const text = Object.entries(facts)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ");
  const at = new Date(String(time)).toLocaleTimeString();
  bridgeLog.value = [...bridgeLog.value.slice(1 - most), { id: lastId, at, event: String(event), text }];
}
