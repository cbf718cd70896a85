/** The pairing of this browser: only pages of this origin read it, and the token is good for this origin only. */
const key = "playground-bridge";

export interface BridgeAddress {
  readonly url: string;
  readonly token: string;
}

export function savedBridge(): BridgeAddress | undefined {
  const text = localStorage.getItem(key);
  return text === null ? undefined : (JSON.parse(text) as BridgeAddress);
}

export function saveBridge(address: BridgeAddress | undefined): void {
  if (address === undefined) localStorage.removeItem(key);
  else localStorage.setItem(key, JSON.stringify(address));
}
