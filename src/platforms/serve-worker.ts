import { expose } from "comlink";
import { LuaSkillsError } from "../errors.ts";
import { type ReplyFrame, type RequestFrame, replyFrame, requestOf } from "../wire/frames.ts";
import type { EngineEndpoint, EngineRequest, Outcome, WorkerEndpoint, WorkerHello } from "../wire/protocol.ts";
import { SharedPort } from "../wire/shared-port.ts";

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

function servePort(endpoint: EngineEndpoint, platformPort: MessagePort): void {
  const port = new SharedPort(platformPort, (data) => {
    if (!Array.isArray(data)) return false;
    const frame = data as unknown as RequestFrame;
    const request = requestOf(frame);
    void endpoint.request(frame[0], request).then((outcome) => reply(platformPort, frame[0], request.op, outcome));
    return true;
  });
  const exposed: WorkerEndpoint = {
    start: (start) => endpoint.start(start, port),
    cancel: (id) => endpoint.cancel(id),
    close: () => endpoint.close(),
  };
  expose(exposed, port.endpoint);
  port.postMessage({ type: "luaskills-ready" });
}

function reply(port: MessagePort, id: number, op: EngineRequest["op"], outcome: Outcome): void {
  try {
    port.postMessage(replyFrame(id, op, outcome), ownBuffers(outcome));
  } catch (thrown) {
    const text = `the engine's answer cannot be sent to the page: ${String(thrown)}`;
    port.postMessage([id, { ok: false, error: new LuaSkillsError("internal", text).toData() }] satisfies ReplyFrame);
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
