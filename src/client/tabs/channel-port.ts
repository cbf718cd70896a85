import type { PlatformPort } from "../../wire/message-port.ts";
import { wayName } from "./names.ts";

/**
 * A port over a channel that two tabs alone know. A MessagePort would be some four times quicker (bench/tabs), but a browser hands
 * one from tab to tab only through a worker that both share, which is one more script that bundlers and policies must let through.
 * What is transferred elsewhere is copied here.
 */
export function channelPort(store: string, way: string): PlatformPort {
  const channel = new BroadcastChannel(wayName(store, way));
  let open = true;
  return {
    postMessage(message) {
      // The other side may have something to say after this one has ended.
      if (open) channel.postMessage(message);
    },
    addEventListener: (type, listener) => channel.addEventListener(type, listener),
    close() {
      open = false;
      channel.close();
    },
  };
}
