import { tabLockName } from "./names.ts";

/**
 * Keeps a port of each tab that takes ports, and passes on what is for it: a browser hands a MessagePort from tab to tab only through
 * a worker that both share. What comes for a tab that has not spoken up yet waits for it.
 */
const script = `
  const tabs = new Map();
  const waiting = new Map();
  onconnect = ({ ports: [tab] }) => {
    tab.onmessage = ({ data: { takes, leaves, to, channel }, ports }) => {
      if (takes) {
        tabs.set(takes, tab);
        for (const { channel, ports } of waiting.get(takes) ?? []) tab.postMessage(channel, ports);
        waiting.delete(takes);
      } else if (leaves) tabs.delete(leaves);
      else if (tabs.has(to)) tabs.get(to).postMessage(channel, ports);
      else waiting.set(to, [...(waiting.get(to) ?? []), { channel, ports }].slice(-64));
    };
  };`;

/** The way for ports from one tab of a store to another. */
export class PortBroker {
  private constructor(
    private readonly port: MessagePort,
    private readonly store: string,
  ) {}

  /** Undefined in workers, and where there is no such worker; where a policy refuses it nothing arrives, and nothing more is wrong. */
  static open(store: string): PortBroker | undefined {
    if (typeof SharedWorker === "undefined") return undefined;
    try {
      const worker = new SharedWorker(`data:text/javascript,${encodeURIComponent(script)}`, { name: store });
      worker.addEventListener("error", (event) => event.preventDefault());
      return new PortBroker(worker.port, store);
    } catch {
      return undefined; // the channel does all of it
    }
  }

  /** Hears of ports for `tab`. */
  take(tab: string, hear: (channel: string, port: MessagePort) => void): void {
    this.port.onmessage = ({ data, ports: [port] }: MessageEvent<string>) => {
      if (port) hear(data, port);
    };
    this.port.postMessage({ takes: tabLockName(this.store, tab) });
  }

  /** `lock`: of the tab it is for. */
  send(lock: string, channel: string, port: MessagePort): void {
    this.port.postMessage({ to: lock, channel }, [port]);
  }

  /** `tab`: that took ports. */
  close(tab?: string): void {
    if (tab !== undefined) this.port.postMessage({ leaves: tabLockName(this.store, tab) });
    this.port.close();
  }
}
