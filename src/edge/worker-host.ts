import { expose } from "comlink";
import { LuaSkillsError } from "../errors.ts";
import type {
  EngineEndpoint,
  EngineMessage,
  Outcome,
  RequestMessage,
  WorkerEndpoint,
  WorkerHello,
} from "../protocol.ts";

type HelloMessage = { readonly data?: { readonly hello?: WorkerHello; readonly port?: MessagePort } };
/** The part of a worker's global scope used here. */
interface WorkerScope {
  addEventListener(type: "message", listener: (event: HelloMessage) => void): void;
  removeEventListener(type: "message", listener: (event: HelloMessage) => void): void;
}

/**
 * Waits for the page's hello and puts an endpoint on the port that comes with it. comlink, events and callbacks share
 * that port: two ports of one worker may deliver in any order.
 */
export function serveWorker(
  createEndpoint: (hello: WorkerHello) => EngineEndpoint,
  scope: WorkerScope = globalThis as unknown as WorkerScope,
): void {
  const onMessage = ({ data }: HelloMessage) => {
    if (data?.hello?.type !== "luaskills-hello" || !data.port) return;
    scope.removeEventListener("message", onMessage);
    servePort(createEndpoint(data.hello), data.port);
    holdLifeLock(data.hello.lifeLock, data.port);
  };
  scope.addEventListener("message", onMessage);
}

function servePort(endpoint: EngineEndpoint, port: MessagePort): void {
  const exposed: WorkerEndpoint = {
    start: (start) => endpoint.start(start, port),
    cancel: (id) => endpoint.cancel(id),
    close: () => endpoint.close(),
  };
  port.addEventListener("message", ({ data }: { readonly data: Partial<RequestMessage> }) => {
    if (data.type !== "request" || data.id === undefined || data.request === undefined) return;
    const { id } = data;
    void endpoint.request(id, data.request).then((outcome) => reply(port, id, outcome));
  });
  expose(exposed, port);
  port.postMessage({ type: "luaskills-ready" });
}

function reply(port: MessagePort, id: number, outcome: Outcome): void {
  const send = (answer: Outcome) =>
    port.postMessage({ type: "reply", id, outcome: answer } satisfies EngineMessage, ownBuffers(answer));
  try {
    send(outcome);
  } catch (thrown) {
    const text = `the engine's answer cannot be sent to the page: ${String(thrown)}`;
    send({ ok: false, error: new LuaSkillsError("internal", text).toData() });
  }
}

const none: Transferable[] = [];

/** Bytes that fill their buffer are the engine's own copy (Vfs.readFile): they move instead of being copied again. */
function ownBuffers(outcome: Outcome): Transferable[] {
  if (!outcome.ok || !(outcome.value instanceof Uint8Array)) return none;
  const { buffer, byteLength } = outcome.value;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : none;
}

/** Held until this worker is gone. Absent outside secure contexts; the page then has only `error` events to go by. */
function holdLifeLock(name: string, port: MessagePort): void {
  globalThis.navigator?.locks?.request(name, () => {
    port.postMessage({ type: "luaskills-alive" });
    return new Promise(() => {});
  });
}
