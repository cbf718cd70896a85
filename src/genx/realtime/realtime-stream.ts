import type { Json, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { LuaStream } from "../scripts/open-streams.ts";
import { Channel } from "../streams/channel.ts";
import type { Chunk } from "../streams/chunk.ts";
import type { RealtimeEvent } from "./realtime-adapter.ts";
import type { RealtimeModels } from "./realtime-definition.ts";
import { RealtimeSession } from "./realtime-session.ts";

/** Events of a session that Lua has not read. */
const eventBuffer = 1000;

/** A session for `ctx.realtime.connect`: events come as data parts. @throws LuaSkillsError `not_found` */
export async function realtimeStream(models: RealtimeModels, model: string, options: JsonObject): Promise<LuaStream> {
  const endpoint = Object.hasOwn(models, model) ? models[model] : undefined;
  if (endpoint === undefined) throw new LuaSkillsError("not_found", `no realtime model is called "${model}"`);
  const events = new Channel<Chunk>(eventBuffer);
  const { instructions, ...session } = options;
  const connection = new RealtimeSession(
    endpoint,
    { model, instructions: typeof instructions === "string" ? instructions : "", tools: [], session },
    (event) => {
      // A script that does not read loses the oldest: the socket cannot be held back.
      if (events.size >= eventBuffer) events.poll();
      events.push({ part: { type: "data", value: eventValue(event) } });
    },
    () => {
      events.push({ part: { type: "data", value: { type: "closed" } } });
      events.close();
    },
  );
  return {
    receive: (signal) => events.take(signal),
    async send(chunk) {
      if (chunk.part?.type === "data" && (chunk.part.value as JsonObject | null)?.cancel === true) connection.cancel();
      else await connection.input(chunk);
    },
    close() {
      connection.close();
      events.close();
    },
  };
}

/** Bytes stay bytes: they cross as they are. */
function eventValue(event: RealtimeEvent): Json {
  return event as unknown as Json;
}
