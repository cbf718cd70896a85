import { type LuaResults, type LuaValue, results } from "../../lua/interface.ts";
import { atOnce, type GenxFunction, later } from "./genx-function.ts";
import type { Operations } from "./operations.ts";
import type { GenxServices } from "./services.ts";

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Does this failure mean that the page has no GenX half? */
function isUnanswered(error: unknown): boolean {
  return /no handler|unknown command/.test(messageOf(error));
}

/** The streams of `generate` and `transformer`: the page has them, a number names one. */
export function streamFunctions(
  services: GenxServices,
  operations: Operations,
): Readonly<Record<string, GenxFunction>> {
  const ask = async (
    name: string,
    payload: LuaValue,
    signal: AbortSignal,
    unanswered = "stream not found",
  ): Promise<LuaResults> => {
    try {
      return results(true, await services.command(name, payload, signal));
    } catch (error) {
      if (signal.aborted) throw error;
      return results(false, isUnanswered(error) ? unanswered : messageOf(error));
    }
  };
  const stream = (op: string, id: LuaValue, signal: AbortSignal, chunk?: LuaValue): Promise<LuaResults> =>
    ask("genx.stream", { op, id, chunk }, signal);
  const started = (op: string, id: LuaValue, chunk?: LuaValue): number =>
    operations.start((signal) => services.command("genx.stream", { op, id, chunk }, signal));
  return {
    open_generate: later(([model, context, run], signal) =>
      ask("genx.generate", { model, context, run }, signal, "generator not configured"),
    ),
    open_transformer: later(([name, config, run], signal) =>
      ask("genx.transform", { name, config, run }, signal, `unknown transformer: ${String(name)}`),
    ),
    open_realtime: later(([model, options, run], signal) =>
      ask("genx.realtime", { model, options, run }, signal, "realtime is not configured"),
    ),
    receive: later(([id], signal) => stream("receive", id, signal)),
    send: later(([id, chunk], signal) => stream("send", id, signal, chunk)),
    start_receive: atOnce(([id]) => started("receive", id)),
    start_send: atOnce(([id, chunk]) => started("send", id, chunk)),
    close_send: atOnce(([id]) => {
      operations.forget(started("close_send", id));
      return results();
    }),
    close_stream: atOnce(([id]) => {
      operations.forget(started("close", id));
      return results();
    }),
  };
}
