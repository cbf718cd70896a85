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
  const onMessage = ({ data }: HelloMessage) => {
    if (data?.hello?.type !== "luaskills-hello") return;
    scope.removeEventListener("message", onMessage);
    const wire = new MessageWire<FromEngine, ToEngine>(data.port ?? ownMessages(scope));
    expose(new EngineServer(wire, bootFor(data.hello)), wire.control);
    wire.post({ type: "ready" });
    holdLifeLock(data.hello.lifeLock, wire);
  };
  scope.addEventListener("message", onMessage);
}

/** Not the scope itself: its `close` ends the worker. */
const ownMessages = (scope: WorkerScope): PlatformPort => ({
  postMessage: (message, transfer) => scope.postMessage(message, transfer),
  addEventListener: (type, listener) => scope.addEventListener(type, listener as (event: HelloMessage) => void),
});

/** Held until this worker is gone. Absent outside secure contexts; the page then has only `error` events to go by. */
function holdLifeLock(name: string, wire: MessageWire<FromEngine, ToEngine>): void {
  globalThis.navigator?.locks?.request(name, () => {
    wire.post({ type: "alive" });
    return new Promise(() => {});
  });
}
