/**
 * A module function in one VM: reads its arguments, asks for permission, runs the handler and shapes what it answers.
 * @module
 */

import { type HostCallContext, LuaRaise, type LuaReader, LuaResults, type LuaValue } from "../../lua/interface.ts";
import { isLuaUnwinding } from "../../lua/wasm/instance.ts";
import { yieldBrand } from "../definition/brand.ts";
import type { Argument, LuaType, ModuleFunction, ModuleValue, YieldSpec } from "../definition/interface.ts";
import { fromUnknown, isLuaError, luaError } from "../definition/module-error.ts";
import { isResults } from "../definition/results.ts";
import { isYieldRequest } from "../definition/yield-spec.ts";
import type { ModuleRun } from "../module-run.ts";
import type { Conversation } from "./conversation.ts";
import { type CallSite, ModuleCall } from "./module-call.ts";
import type { ModuleVm } from "./module-vm.ts";
import { ArgumentMistake, ArgumentReader, NeedsPacking } from "./read-arguments.ts";

/** What the Lua half needs to know to call it (modules.lua, `made`). */
export type FunctionPlan = {
  readonly key: string;
  /** Plain values in, an answer at once: Lua calls it as it is. What is more than data comes out through `kit.through`. */
  readonly direct: boolean;
  readonly waits: boolean;
  readonly loose: boolean;
  /** Operands of metamethods come packed. */
  readonly packed: boolean;
  readonly count: number;
  readonly references: readonly number[];
  readonly functions: readonly number[];
  /** Any argument may be a function: it reads them itself. */
  readonly callbacks: boolean;
};

interface Place {
  readonly module: string;
  readonly name: string;
  /** The type it is a method or metamethod of. */
  readonly type?: LuaType | undefined;
  readonly operator?: boolean;
  /** Of the module. */
  readonly argErrors?: "raise" | "return" | undefined;
  readonly commands: ReadonlySet<string>;
}

const looseKinds = new Set(["table", "any", "record", "rest"]);

export class BoundFunction {
  readonly plan: FunctionPlan;
  /** It cannot fail in a way Lua is told of, so a lone value has no nil beside it. */
  readonly #plain: boolean;
  /** One or two plain values are all it takes. */
  readonly #few: readonly [Argument, Argument?] | undefined;
  readonly #site: CallSite;
  /** Of a call that answered at once, for the next one. */
  #reader: ArgumentReader | undefined;

  constructor(
    private readonly vm: ModuleVm,
    private readonly definition: ModuleFunction,
    private readonly place: Place,
    key: string,
  ) {
    const { params, waits } = definition;
    const { environment, signals } = vm;
    const { module, name: functionName, commands } = place;
    this.#site = {
      module,
      functionName,
      commands,
      environment,
      signals,
      openFeed: (from, call) => vm.openFeed(from, call),
      shown: (value) => vm.codec.shown(value),
    };
    this.#plain = !definition.fallible;
    const rest = params.some((each) => each.kind === "rest");
    const [first, second] = params;
    if (first && params.length < 3 && !rest && !place.type && !definition.permission) this.#few = [first, second];
    const receiver = place.type && !place.operator ? 1 : 0;
    const positions = (kind: string) =>
      params.flatMap((each, index) => (each.kind === kind ? [index + 1 + receiver] : []));
    const bare = params.length === 0 && definition.run.length <= 1;
    const packed = place.operator === true;
    const loose = bare || params.some((each) => looseKinds.has(each.kind));
    const references = [...(receiver ? [1] : []), ...positions("object")];
    const functions = positions("func");
    this.plan = {
      key,
      direct: !waits && !packed && !loose && references.length === 0 && functions.length === 0,
      waits,
      packed,
      loose,
      count: bare || rest ? 99 : params.length + receiver,
      references,
      functions,
      callbacks: bare && waits,
    };
  }

  /** For functions that answer at once. */
  call(args: LuaReader, context: HostCallContext): LuaResults | LuaValue {
    try {
      const call = this.#call(args, context, undefined);
      const answer = this.#run(call, args);
      this.#reader = call.reader;
      // One plain value is what most functions answer, and it needs no wrapping.
      if (this.#plain && (typeof answer === "number" || typeof answer === "boolean" || typeof answer === "string")) {
        return answer;
      }
      if (answer instanceof Promise) {
        // What it comes to does not matter: its function is refused.
        answer.catch(() => {});
        throw luaError(
          `module "${this.place.module}": "${this.place.name}" answered a promise; make it async, or say waits: true`,
          { kind: "Internal", retryable: false },
        );
      }
      if (isYieldRequest(answer)) {
        throw luaError(`module "${this.place.module}": "${this.place.name}" yields; say waits: true`, {
          kind: "Internal",
        });
      }
      return this.#through(this.#results(answer));
    } catch (thrown) {
      return this.#through(this.#failure(thrown));
    }
  }

  /** Nothing in Lua looks at what a direct function answers. */
  #through(results: LuaResults): LuaResults {
    if (!this.plan.direct || !this.vm.codec.marks(results)) return results;
    return new LuaResults(results.values, this.vm.through);
  }

  /** For functions that wait. Arguments are read before it returns. */
  begin(args: LuaReader, context: HostCallContext): Promise<LuaResults> | LuaResults {
    const conversation = this.plan.functions.length > 0 || this.plan.callbacks ? this.vm.converse() : undefined;
    let call: ModuleCall;
    let answer: unknown;
    try {
      if (this.vm.runOf().kind === "pure")
        throw luaError("yield command is not allowed in a pure run", { kind: "Invalid", retryable: false });
      call = this.#call(args, context, conversation);
      answer = this.#run(call, args);
    } catch (thrown) {
      return this.#failure(thrown);
    }
    const settled = this.#settled(call, answer);
    if (!conversation) return settled;
    void settled.then((results) => this.vm.conclude(conversation, results));
    return conversation.next();
  }

  async #settled(call: ModuleCall, answer: unknown): Promise<LuaResults> {
    this.vm.opened(call);
    try {
      const value = await answer;
      if (isYieldRequest(value)) return await this.#yielded(call, value[yieldBrand]);
      return this.#results(value);
    } catch (thrown) {
      // Its run may have ended before it, and the VM has another one then, or none.
      return this.#failure(thrown, call.run);
    } finally {
      this.vm.closed(call);
    }
  }

  async #yielded(call: ModuleCall, spec: YieldSpec): Promise<LuaResults> {
    const release = this.vm.owe(spec);
    try {
      let data: LuaValue;
      let error: Error | undefined;
      try {
        data = await call.dispatch(spec.commandId, spec.toCommand());
      } catch (thrown) {
        error = fromUnknown(thrown);
      }
      if (spec.handleResult) return this.#results(spec.handleResult(call, data, error));
      if (error) throw error;
      return this.#results(data);
    } finally {
      release();
    }
  }

  #call(args: LuaReader, context: HostCallContext, conversation: Conversation | undefined): ModuleCall {
    const { type, operator = false, name } = this.place;
    const codec = this.vm.takePacked() ? this.vm.codec : undefined;
    const reader =
      this.#reader?.reopen(args, codec) ??
      new ArgumentReader(args, name, this.vm.objects, codec, type !== undefined && !operator);
    // A metamethod of what is read may call the same function: it gets a reader of its own.
    this.#reader = undefined;
    return new ModuleCall(this.#site, this.vm.runOf(), context, reader, this.vm.nextTag(), conversation);
  }

  #run(call: ModuleCall, args: LuaReader): unknown {
    const { params, permission, denied, run } = this.definition;
    const { reader } = call;
    if (this.#few && !call.run.recorder) {
      // Most functions: no list is made for them.
      const [first, second] = this.#few;
      const value = reader.read(first, 1);
      return second ? run(call, value as never, reader.read(second, 2) as never) : run(call, value as never);
    }
    const { type, operator } = this.place;
    const values = operator ? operands(reader, args) : reader.all(params, type);
    if (call.run.recorder) call.given = params.length === 0 && !type ? reader.everything() : values;
    if (permission) {
      const [action, resource, meta] = permission(...(values as never[]));
      call.require(
        action,
        resource,
        meta,
        denied.replace("{resource}", () => resource),
      );
    }
    return run(call, ...(values as never[]));
  }

  #results(answer: unknown): LuaResults {
    const values: ModuleValue[] = isResults(answer)
      ? [...answer.values]
      : answer === undefined && !this.definition.fallible
        ? []
        : [answer as ModuleValue];
    if (this.definition.fallible) while (values.length < this.definition.returns.length) values.push(null);
    return this.vm.codec.results(values);
  }

  #failure(thrown: unknown, run?: ModuleRun): LuaResults {
    if (isLuaUnwinding(thrown) || thrown instanceof LuaRaise) throw thrown;
    if (thrown instanceof NeedsPacking) return this.vm.codec.pack(thrown.message);
    if (thrown instanceof ArgumentMistake) {
      const answers = (this.definition.argErrors ?? this.place.argErrors) === "return";
      if (!answers || thrown.ofReceiver) return this.vm.codec.raise(thrown.message);
      return this.vm.codec.failure(luaError(thrown.message, { kind: "Invalid", retryable: false }));
    }
    const error = fromUnknown(thrown);
    // A replay that went another way is over, whatever the code would do with the error.
    if (error === (run ?? this.vm.runOf()).recorder?.failure) return this.vm.codec.raise(error.message);
    if (this.place.operator) return this.vm.codec.raise(error.message);
    if (!isLuaError(thrown) && thrown instanceof Error && thrown.name !== "LuaSkillsError") {
      this.vm.log(
        "error",
        `module "${this.place.module}": ${this.place.name} failed: ${thrown.stack ?? thrown.message}`,
      );
    }
    return this.vm.codec.failure(error);
  }
}

/** Both operands of a metamethod; Lua may give the object in either place. */
function operands(reader: ArgumentReader, args: LuaReader): unknown[] {
  return Array.from({ length: args.count }, (_, index) =>
    args.type(index + 1) === "nil" ? undefined : reader.any(index + 1),
  );
}
