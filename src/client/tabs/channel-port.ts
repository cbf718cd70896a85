import type { PlatformPort } from "../../wire/message-port.ts";
import { wayName } from "./names.ts";

/**
 * A port over a channel that two tabs alone know. Browsers have no way to hand a MessagePort from tab to tab but through a
 * worker that both share, and that is no faster (docs/storage.md). What is transferred elsewhere is copied here.
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
