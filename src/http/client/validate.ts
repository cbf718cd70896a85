/**
 * What came from a server, held against the protocol before anything believes it. A server may be another version, another
 * program, or hostile.
 * @module
 */
import { isObject } from "../../base/is-object.ts";
import { eventNames } from "../../client/emitter.ts";
import { type ErrorData, errorCodes, LuaSkillsError } from "../../errors.ts";
import type { Outcome } from "../../wire/outcome.ts";
import type { RegistrySnapshot } from "../../wire/protocol.ts";
import { decodeWire, type RemoteLine, type RemoteStart } from "../wire.ts";

type Members = Readonly<Record<string, unknown>>;

/** @throws LuaSkillsError `protocol_error` */
export function readStart(text: string): RemoteStart {
  const start = members(decoded(text), "the answer to the start");
  members(start.capabilities, "capabilities");
  checkSnapshot(start.snapshot);
  return start as unknown as RemoteStart;
}

/** @throws LuaSkillsError `protocol_error` */
export function readLine(text: string): RemoteLine {
  const line = members(decoded(text), "a line");
  if (line.type === "outcome") return { type: "outcome", outcome: readOutcome(line.outcome) };
  if (line.type !== "message") throw fault(`a line of type ${shown(line.type)}`);
  const message = members(line.message, "a message");
  if (message.type === "registry") checkSnapshot(message.snapshot);
  else if (message.type === "event") {
    if (!(eventNames as readonly unknown[]).includes(message.name)) throw fault(`an event ${shown(message.name)}`);
    members(message.event, "an event");
  } else
    throw fault(`a message of type ${shown(message.type)}; a remote engine runs its host callbacks on its own side`);
  return line as unknown as RemoteLine;
}

function readOutcome(value: unknown): Outcome {
  const outcome = members(value, "an outcome");
  if (outcome.ok === true) return { ok: true, value: outcome.value };
  if (outcome.ok !== false) throw fault("an outcome that is neither a value nor an error");
  return { ok: false, error: readError(outcome.error) };
}

/** An error of the server's; a code this version does not know keeps its text. @throws LuaSkillsError `protocol_error` */
export function readError(value: unknown): ErrorData {
  const { code, message, data, luaTraceback, cause } = members(value, "an error");
  if (typeof code !== "string" || typeof message !== "string") throw fault("an error without code or message");
  return {
    code: errorCodes.find((known) => known === code) ?? "protocol_error",
    message,
    ...(isObject(data) ? { data: data as Members } : {}),
    ...(typeof luaTraceback === "string" ? { luaTraceback } : {}),
    ...(typeof cause === "string" ? { cause } : {}),
  };
}

function checkSnapshot(value: unknown): asserts value is RegistrySnapshot {
  const { entries, problems } = members(value, "a registry");
  if (!Array.isArray(entries) || !Array.isArray(problems)) throw fault("a registry without entries or problems");
  for (const entry of entries) {
    if (typeof members(entry, "an entry").name !== "string") throw fault("an entry without a name");
  }
  for (const problem of problems) members(problem, "a problem");
}

function decoded(text: string): unknown {
  try {
    return decodeWire(text);
  } catch (cause) {
    throw fault("what is no JSON of this protocol", cause);
  }
}

function members(value: unknown, what: string): Members {
  if (isObject(value)) return value as Members;
  throw fault(`${what} that is no object`);
}

function fault(what: string, cause?: unknown): LuaSkillsError {
  return new LuaSkillsError(
    "protocol_error",
    `the server sent ${what}; is this the address of a luaskills-wasm server of this version?`,
    { cause },
  );
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 80);
}
