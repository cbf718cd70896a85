/**
 * The built-in modules by name (host-modules.md §14). Each is a file of its own, loaded when code may use it.
 * @module
 */
import type { ModuleClass } from "../../modules/classes.ts";
import { arg, defineModule, defineType, fn, fromUnknown, immutable, luaError, results, t } from "../../modules/kit.ts";
import type { LazyModule } from "../../modules/module-registry.ts";
import type { BuiltInModule, BuiltInServices } from "./services.ts";

const kit = { arg, defineModule, defineType, fn, fromUnknown, immutable, luaError, results, t };

interface BuiltIn {
  readonly class: readonly ModuleClass[];
  readonly load: () => Promise<BuiltInModule>;
}

const builtIns: Readonly<Record<string, BuiltIn>> = {
  base64: { class: ["encoding", "deterministic"], load: () => import("./base64.ts").then((file) => file.base64Module) },
  compress: {
    class: ["encoding", "deterministic"],
    load: async () =>
      (await import("./compress.ts")).compressModule((await import("../bundle/zlib-stream.ts")).ZlibStream),
  },
  crypto: {
    class: ["security", "nondeterministic", "workflow"],
    load: () => import("./crypto/crypto.ts").then((file) => file.cryptoModule),
  },
  ctx: {
    class: ["nondeterministic", "workflow"],
    load: () => import("./context-values.ts").then((file) => file.ctxModule),
  },
  env: {
    class: ["process", "nondeterministic"],
    load: () => import("./context-values.ts").then((file) => file.envModule),
  },
  eval_runner: {
    class: ["io", "nondeterministic", "process"],
    load: () => import("./eval/eval-runner.ts").then((file) => file.evalRunnerModule),
  },
  events: { class: ["io", "nondeterministic"], load: () => import("./events.ts").then((file) => file.eventsModule) },
  expr: { class: ["deterministic"], load: () => import("./expr/expressions.ts").then((file) => file.exprModule) },
  fs: { class: ["io", "storage"], load: () => import("./fs/files.ts").then((file) => file.fsModule) },
  funcs: {
    class: ["workflow", "nondeterministic"],
    load: () => import("./skill-security.ts").then((file) => file.funcsModule),
  },
  hash: {
    class: ["encoding", "security", "deterministic"],
    load: () => import("./hash.ts").then((file) => file.hashModule),
  },
  html: {
    class: ["deterministic"],
    load: async () => (await import("./html/html.ts")).htmlModule(await import("re2js")),
  },
  http_client: {
    class: ["network", "io", "nondeterministic"],
    load: () => import("./fs/files.ts").then((file) => file.httpClientModule),
  },
  json: { class: ["encoding", "deterministic"], load: () => import("./json/json.ts").then((file) => file.jsonModule) },
  logger: { class: ["io"], load: () => import("./logger.ts").then((file) => file.loggerModule) },
  payload: {
    class: ["encoding", "deterministic"],
    load: () => import("./json/payload.ts").then((file) => file.payloadModule),
  },
  queue: { class: ["storage", "io"], load: () => import("./queue/queue.ts").then((file) => file.queueModule) },
  security: {
    class: ["security", "nondeterministic"],
    load: () => import("./skill-security.ts").then((file) => file.securityModule),
  },
  sql: { class: ["storage", "io"], load: () => import("./sql/sql.ts").then((file) => file.sqlModule) },
  store: {
    class: ["storage", "io", "nondeterministic"],
    load: () => import("./store/store.ts").then((file) => file.storeModule),
  },
  stream: { class: ["io"], load: () => import("./fs/files.ts").then((file) => file.streamModule) },
  template: { class: ["io"], load: () => import("./expr/expressions.ts").then((file) => file.templateModule) },
  templates: { class: ["io"], load: () => import("./expr/expressions.ts").then((file) => file.templatesModule) },
  text: {
    class: ["deterministic"],
    load: async () => (await import("./text/text.ts")).textModule(await import("re2js")),
  },
  time: { class: ["time", "workflow"], load: () => import("./time/time.ts").then((file) => file.timeModule) },
  uuid: { class: ["nondeterministic", "workflow"], load: () => import("./uuid.ts").then((file) => file.uuidModule) },
  websocket: {
    class: ["network", "io", "nondeterministic"],
    load: () => import("./websocket/websocket.ts").then((file) => file.websocketModule),
  },
  workflow: {
    class: ["workflow", "nondeterministic"],
    load: () => import("./workflow.ts").then((file) => file.workflowModule),
  },
  yaml: {
    class: ["encoding", "deterministic"],
    load: async () => (await import("./yaml.ts")).yamlModule(await import("yaml")),
  },
};

/** Those of the mechanism itself included. */
export const builtInNames: readonly string[] = [...Object.keys(builtIns), "channel", "errors", "genx"];

/** A module another room of this package brings under its own name. */
export interface NamedModule {
  readonly class: readonly ModuleClass[];
  load(): Promise<BuiltInModule>;
}

export function builtInModules(
  services: BuiltInServices,
  named: Readonly<Record<string, NamedModule>> = {},
): readonly LazyModule[] {
  return [
    ...Object.entries(builtIns).map(([name, builtIn]) => ({
      name,
      class: builtIn.class,
      load: async () => (await builtIn.load())(kit, services),
    })),
    ...Object.entries(named).map(([name, module]) => ({
      name,
      class: module.class,
      load: async () => (await module.load())(kit, services),
    })),
  ];
}
