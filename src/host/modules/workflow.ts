/**
 * The module `workflow`: what a replayable run knows about itself (host-modules.md §13.3).
 * @module
 */
import type { BuiltInModule } from "./services.ts";

export const workflowModule: BuiltInModule = ({ arg, defineModule, fn, luaError, t }) =>
  defineModule({
    name: "workflow",
    description: "Versions and history of a workflow run",
    class: ["workflow", "nondeterministic"],
    permissions: ["workflow.exec"],
    functions: {
      version: fn({
        params: [arg.string("change"), arg.int("min"), arg.int("max")],
        returns: [t.integer, t.optional(t.luaError)],
        run: (call, change, min, max) => {
          if (max < min) throw luaError("workflow.version: max is below min", { kind: "Invalid", retryable: false });
          return call.workflow?.version(change, min, max) ?? max;
        },
      }),
      history_length: fn({ returns: [t.integer], run: (call) => call.workflow?.length ?? 0 }),
      history_size: fn({ returns: [t.integer], run: (call) => call.workflow?.size ?? 0 }),
      info: fn({
        returns: [t.optional(t.table)],
        run: (call) =>
          call.workflow && {
            workflow_id: call.workflow.id,
            run_id: call.workflow.id,
            workflow_type: call.skillId ?? "",
            task_queue: "",
            namespace: "",
            attempt: 1,
            history_length: call.workflow.length,
            history_size: call.workflow.size,
          },
      }),
      attrs: fn({
        params: [arg.table("attributes").opt()],
        returns: [t.boolean, t.optional(t.luaError)],
        run: (call) => {
          if (!call.workflow)
            throw luaError("workflow.attrs only available in workflow context", { kind: "Invalid", retryable: false });
          return true;
        },
      }),
      exec: fn({
        params: [arg.string("id"), arg.rest(arg.any("argument"))],
        returns: [t.any, t.optional(t.luaError)],
        permission: (id) => ["workflow.exec", id],
        run: async (call, id, ...args) => call.command("workflow.exec", { id, args }),
      }),
    },
  });
