/**
 * `fn`: a function of a module, with what it takes, answers and needs permission for.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import type { ArgumentValues } from "./argument.ts";
import { deepFreeze, functionBrand, hasBrand } from "./brand.ts";
import type { Answer, Argument, Call, ModuleFunction, Permission } from "./interface.ts";
import { shapeOf, type TypeLike } from "./type-shapes.ts";

interface FunctionOptions<P extends readonly Argument[], A extends readonly unknown[]> {
  /** What it takes. Without it the handler reads its arguments itself: `call.checkString(1)`. */
  readonly params?: P;
  /** For manifests. End with `t.optional(t.luaError)` when it can fail. */
  readonly returns?: readonly TypeLike[];
  readonly description?: string;
  /** Checked before `run`; a refusal answers `nil, err` of kind `PermissionDenied`. */
  readonly permission?: (...args: A) => Permission;
  /** The text of the refusal; default `permission denied`. `{resource}` stands for the resource. */
  readonly denied?: string;
  /** A wrong argument raises (default), or answers `nil, err` of kind `Invalid`. Without it what the module says. */
  readonly argErrors?: "raise" | "return";
  /** It may answer a promise or a yield though it is not an `async` function. */
  readonly waits?: boolean;
  readonly run: (call: Call, ...args: A) => Answer | Promise<Answer>;
}

type Options = FunctionOptions<readonly Argument[], never[]>;

const AsyncFunction = (async () => {}).constructor;

/**
 * A function for Lua. An `async` handler waits: Lua sees an ordinary call.
 *
 * @example
 * fn({ params: [arg.number("a"), arg.number("b").opt(1)], returns: [t.number], run: (_call, a, b) => a * b })
 *
 * @throws LuaSkillsError `invalid_argument` for parameters in a wrong order, or functions where nothing waits
 */
export function fn<const P extends readonly Argument[] = readonly []>(
  options: FunctionOptions<P, ArgumentValues<P>>,
): ModuleFunction;
/** A method of a type: the receiver comes before the arguments. */
export function fn<S extends object, const P extends readonly Argument[] = readonly []>(
  options: FunctionOptions<P, [self: S, ...ArgumentValues<P>]>,
): ModuleFunction;
export function fn(options: Options): ModuleFunction {
  const { params = [], returns = [], description, argErrors, denied = "permission denied" } = options;
  const { permission, run } = options;
  if (typeof run !== "function") throw refused(`fn: run must be a function, got ${typeof run}`);
  const waits = options.waits ?? run instanceof AsyncFunction;
  checkOrder(params);
  if (!waits && params.some((each) => each.kind === "func")) {
    throw refused("fn: arg.func is only for functions that wait; make run async, or take the function in a Lua half");
  }
  const shapes = returns.map(shapeOf);
  const last = shapes.at(-1);
  return deepFreeze({
    [functionBrand]: true as const,
    params,
    returns: shapes,
    description,
    waits,
    argErrors,
    fallible: last?.is === "optional" && last.of.is === "luaError",
    denied,
    permission,
    run,
  });
}

export function isModuleFunction(value: unknown): value is ModuleFunction {
  return hasBrand(value, functionBrand);
}

function checkOrder(params: readonly Argument[]): void {
  let optional: string | undefined;
  for (const [index, each] of params.entries()) {
    if (each.kind === "rest" && index < params.length - 1) throw refused("fn: arg.rest must be the last parameter");
    if (each.optional) optional ??= each.name || `#${index + 1}`;
    else if (optional !== undefined) {
      throw refused(`fn: the required parameter ${each.name || `#${index + 1}`} comes after the optional ${optional}`);
    }
  }
}

const refused = (message: string) => new LuaSkillsError("invalid_argument", message);
