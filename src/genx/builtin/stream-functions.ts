import { messageOf } from "../../base/message-of.ts";
import { type LuaResults, type LuaValue, results } from "../../lua/interface.ts";
import { atOnce, type GenxFunction, later } from "./genx-function.ts";
import type { OperationsOf } from "./operations.ts";
import type { GenxCall } from "./services.ts";

/** Does this failure mean that the page has no GenX half? */
function isUnanswered(error: unknown): boolean {
  return /no handler|unknown command/.test(messageOf(error));
}

/** The streams of `generate` and `transformer`: the page has them, a name stands for one here. */
export function streamFunctions(of: OperationsOf): Readonly<Record<string, GenxFunction>> {
  const ask = async (
    name: string,
    payload: LuaValue,
    call: GenxCall,
    unanswered = "stream not found",
  ): Promise<LuaResults> => {
    try {
      return results(true, await call.command(name, payload));
    } catch (error) {
      if (call.signal.aborted) throw error;
      return results(false, isUnanswered(error) ? unanswered : messageOf(error));
    }
  };
  const stream = (op: string, id: LuaValue, call: GenxCall, chunk?: LuaValue): Promise<LuaResults> =>
    ask("genx.stream", { op, id, chunk }, call);
  const started = (op: string, call: GenxCall, id: LuaValue, chunk?: LuaValue): number =>
    of(call).start(() => call.command("genx.stream", { op, id, chunk }));
  /** Nobody waits for what it comes to. */
  const begun = (op: string, call: GenxCall, id: LuaValue): void => of(call).forget(started(op, call, id));
  const open = async (name: string, payload: LuaValue, call: GenxCall, unanswered: string): Promise<LuaResults> => {
    const answer = await ask(name, payload, call, unanswered);
    const [ok, id] = answer.values;
    if (ok) of(call).opened(id, () => begun("close", call, id));
    return answer;
  };
  return {
    open_generate: later(([model, context, run], call) =>
      open("genx.generate", { model, context, run }, call, "generator not configured"),
    ),
    open_transformer: later(([name, config, run], call) =>
      open("genx.transform", { name, config, run }, call, `unknown transformer: ${String(name)}`),
    ),
    open_realtime: later(([model, options, run], call) =>
      open("genx.realtime", { model, options, run }, call, "realtime is not configured"),
    ),
    receive: later(([id], call) => stream("receive", id, call)),
    send: later(([id, chunk], call) => stream("send", id, call, chunk)),
    start_receive: atOnce(([id], call) => started("receive", call, id)),
    start_send: atOnce(([id, chunk], call) => started("send", call, id, chunk)),
    close_send: atOnce(([id], call) => {
      begun("close_send", call, id);
      return results();
    }),
    close_stream: atOnce(([id], call) => {
      of(call).closeStream(id);
      return results();
    }),
  };
}
