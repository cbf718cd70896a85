/**
 * The service `log`: what the bridge did and refused for a page's own origin, from now on.
 * @module
 */
import type { BridgeService } from "../service.ts";

export function logService(): BridgeService {
  return {
    name: "log",
    open: ({ audit, origin, emit }) => {
      let stop: (() => void) | undefined;
      return {
        facts: {},
        methods: {
          /** From here on the event `line` { text } says each line. */
          follow: () => {
            stop ??= audit.follow(origin, (text) => emit("line", { text }));
          },
        },
        close: () => stop?.(),
      };
    },
  };
}
