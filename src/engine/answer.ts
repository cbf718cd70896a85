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

const requestShapes = lazily(() => import("./request-shapes.ts"));
const onDemand = lazily(async () => {
  const [module] = await Promise.all([import("./on-demand.ts"), loadYaml()]);
  return module;
});

/** A run that names modules may be the first to need them. */
async function withModules<T>(core: EngineCore, asked: object | undefined, run: () => Promise<T>): Promise<T> {
  if (asked && !core.book.modules) await openModules(core);
  return run();
}

type Reply = EngineReplies[EngineRequest["op"]];

export async function answer(state: EngineState, request: EngineRequest, context: RequestContext): Promise<Reply> {
  const { core } = state;
  const origin = { requestId: context.requestId, signal: context.abort };
  // A call and code are checked where they run: no first call fetches the table of all the others.
  if (request.op !== "call" && request.op !== "runLua") (await requestShapes()).checkRequest(request);
  switch (request.op) {
    case "call": {
      checkText(request.name, "the name of an entry");
      checkTimeout(request.timeoutMs);
      checkContext(request.context);
      const { modules, timeoutMs } = request;
      const skill = core.live.registry.get(request.name)?.skill.skillId;
      const run = core.book.startRun({ ...origin, skill, timeoutMs, modules, input: [request.name, request.args] });
      return withModules(core, modules, async () => {
        const { callEntry } = await entryCalls();
        return callEntry(core, request.name, request.args, request.context, run);
      });
    }
    case "runLua": {
      checkText(request.code, "code");
      checkTimeout(request.timeoutMs);
      checkContext(request.context);
      const { modules, timeoutMs } = request;
      const run = core.book.startRun({ ...origin, timeoutMs, modules, input: [request.code, request.args] });
      return withModules(core, modules, () => runLua(core, request.code, request.args, request.context, run));
    }
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

type ConfigRequest = Extract<EngineRequest, { op: `config.${string}` }>;

function configRequest(core: EngineCore, request: ConfigRequest): Reply {
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
