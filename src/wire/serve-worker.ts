import { expose } from "comlink";
import { MessageWire, type PlatformPort } from "./message-port.ts";
import type { FromEngine, ToEngine, WorkerHello } from "./protocol.ts";
import { type EngineBoot, EngineServer } from "./serve.ts";

type HelloMessage = { readonly data?: { readonly hello?: WorkerHello; readonly port?: MessagePort } };
/** The part of a worker's global scope used here. */
interface WorkerScope extends Pick<PlatformPort, "postMessage"> {
  addEventListener(type: "message", listener: (event: HelloMessage) => void): void;
  removeEventListener(type: "message", listener: (event: HelloMessage) => void): void;
}

/** Waits for the page's hello and serves an engine on the port that comes with it, or on the worker's own messages. */
export function serveWorker(
  bootFor: (hello: WorkerHello) => EngineBoot,
  scope: WorkerScope = globalThis as unknown as WorkerScope,
): void {
  const life = holdLife();
  const onMessage = ({ data }: HelloMessage) => {
    if (data?.hello?.type !== "luaskills-hello") return;
    scope.removeEventListener("message", onMessage);
    const wire = new MessageWire<FromEngine, ToEngine>(data.port ?? ownMessages(scope));
    expose(new EngineServer(wire, bootFor(data.hello)), wire.control);
    void life.then((lock) => wire.post({ type: "ready", lock }));
  };
  scope.addEventListener("message", onMessage);
}

/** Not the scope itself: its `close` ends the worker. */
const ownMessages = (scope: WorkerScope): PlatformPort => ({
  postMessage: (message, transfer) => scope.postMessage(message, transfer),
  addEventListener: (type, listener) => scope.addEventListener(type, listener as (event: HelloMessage) => void),
});

/**
 * The name of a lock held until this worker is gone, before it says that it is ready: from then on the page hears of any death.
 * Undefined where there are none (outside secure contexts, in opaque origins); the page then has only `error` events to go by.
 */
function holdLife(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const { locks } = globalThis.navigator ?? {};
    if (!locks) return resolve(undefined);
    const name = `luaskills-worker-${crypto.randomUUID()}`;
    const held = () => {
      resolve(name);
      return new Promise(() => {});
    };
    locks.request(name, held).catch(() => resolve(undefined));
  });
}
