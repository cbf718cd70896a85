import { lazily } from "../base/lazily.ts";
import { LuaSkillsError } from "../errors.ts";
import { loadYaml } from "../skills/yaml/parser.ts";
import type { EngineReplies, EngineRequest } from "../wire/ops.ts";
import { entryCalls } from "./calls/entry-calls.ts";
import { runLua } from "./calls/run-lua.ts";
import { checkContext, checkText, checkTimeout } from "./check-request.ts";
import type { EngineCore } from "./core.ts";
import { type FileRequest, fileRequest } from "./files.ts";
import { openModules } from "./modules/open.ts";
import { loadRoots } from "./skills/load-roots.ts";
import type { EngineState, RequestContext } from "./state.ts";
import type { RunState } from "./vms/run-state.ts";

const requestShapes = lazily(() => import("./request-shapes.ts"));
const onDemand = lazily(async () => {
  const [module] = await Promise.all([import("./on-demand.ts"), loadYaml()]);
  return module;
});

type Reply = EngineReplies[EngineRequest["op"]];
type CallReply = EngineReplies["call"];
type CodeReply = EngineReplies["runLua"];
type Request<Op extends EngineRequest["op"]> = Extract<EngineRequest, { op: Op }>;

export function answer(state: EngineState, request: EngineRequest, context: RequestContext): Promise<Reply> {
  switch (request.op) {
    case "call":
      return answerCall(state.core, request, context);
    case "runLua":
      return answerCode(state.core, request, context);
    default:
      return answerOther(state, request, context);
  }
}

async function answerCall(core: EngineCore, request: Request<"call">, context: RequestContext): Promise<CallReply> {
  const { name, args, modules } = request;
  checkText(name, "the name of an entry");
  const run = begin(core, request, context, [name, args], core.live.registry.get(name)?.skill.skillId);
  // It may be the first to need them.
  if (modules && !core.book.modules) await openModules(core);
  const { callEntry } = entryCalls.loaded ?? (await entryCalls());
  return await callEntry(core, name, args, request.context, run);
}

async function answerCode(core: EngineCore, request: Request<"runLua">, context: RequestContext): Promise<CodeReply> {
  const { code, args, modules } = request;
  checkText(code, "code");
  const run = begin(core, request, context, [code, args]);
  if (modules && !core.book.modules) await openModules(core);
  return runLua(core, code, args, request.context, run);
}

/** @param input what the request is about @param skill that is called; undefined: code without one */
function begin(
  core: EngineCore,
  { context, timeoutMs, modules }: Request<"call" | "runLua">,
  { requestId, abort: signal }: RequestContext,
  input: unknown,
  skill?: string,
): RunState {
  checkTimeout(timeoutMs);
  checkContext(context);
  return core.book.startRun({ requestId, signal, skill, timeoutMs, modules, input });
}

/** What is neither a call nor code: no first call fetches the table of their shapes. */
async function answerOther(
  state: EngineState,
  request: Exclude<EngineRequest, Request<"call" | "runLua">>,
  context: RequestContext,
): Promise<Reply> {
  (await requestShapes()).checkRequest(request);
  const { core } = state;
  const origin = { requestId: context.requestId, signal: context.abort };
  switch (request.op) {
    case "luaexec":
      return onDemand().then(({ luaexecFromHost }) =>
        luaexecFromHost(core, request.request, core.book.startRun(origin)),
      );
    case "help":
      checkTimeout(request.timeoutMs);
      return onDemand().then(({ helpRequest }) =>
        helpRequest(
          core,
          request,
          core.book.startRun({ ...origin, skill: request.skillId, timeoutMs: request.timeoutMs }),
        ),
      );
    case "flush":
      return state.flush().then(() => undefined);
    case "shell":
      checkText(request.command, "the command");
      checkTimeout(request.timeoutMs);
      return onDemand().then(({ shellRequest }) => shellRequest(core, request, context));
    case "config.get":
    case "config.set":
    case "config.delete":
    case "config.list":
      return Promise.resolve(configRequest(core, request));
    case "skills.reload":
      return state.queue.run(() => loadRoots(core, request.roots ?? core.live.chain, "reload")).then(() => undefined);
    case "skills.install":
    case "skills.update":
    case "skills.pack":
    case "skills.uninstall":
    case "skills.enable":
    case "skills.disable":
      return state.queue.run(async () => (await onDemand()).skillsRequest(state, request, context));
    case "json":
      return onDemand().then(({ jsonCall }) => jsonCall(state, request.method, request.params, context));
    case "storage.begin":
    case "storage.step":
    case "storage.end":
      return onDemand().then(({ storageRequest }) => storageRequest(state, request));
    case "grants.list":
    case "grants.revoke":
      return onDemand().then(({ grantRequest }) => grantRequest(core, request));
    case "databases.list":
    case "sqlite.tables":
    case "sqlite.query":
    case "sqlite.export":
    case "sqlite.import":
    case "lancedb.tables":
    case "lancedb.rows":
    case "lancedb.search":
    case "lancedb.export":
    case "lancedb.import":
      return onDemand().then(({ databaseRequest }) => databaseRequest(state, request, context));
    default:
      if (request.op.startsWith("fs.")) {
        return fileRequest(core.services.filesFor(core.policy.ofPage, core.services.vfs), request as FileRequest, {
          limits: core.settings.limits,
          signal: context.abort.signal,
        });
      }
      throw new LuaSkillsError("invalid_argument", `unknown request '${request.op}'`);
  }
}

function configRequest(core: EngineCore, request: Request<`config.${string}` & EngineRequest["op"]>): Reply {
  switch (request.op) {
    case "config.get":
      return core.services.config.get(request.skillId, request.key) ?? null;
    case "config.set":
      return void core.services.config.set(request.skillId, request.key, request.value);
    case "config.delete":
      return core.services.config.delete(request.skillId, request.key);
    case "config.list":
      return core.services.config.entries(request.skillId);
  }
}
