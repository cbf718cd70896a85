/**
 * The module `expr`: expressions in the syntax of expr-lang, without loops and without Lua.
 * @module
 */
import type { LuaValue } from "../../../lua/interface.ts";
import type { BuiltInModule } from "../services.ts";
import { Evaluation } from "./evaluate.ts";
import { isExpressionError } from "./lexer.ts";
import { type Node, parse } from "./parser.ts";

const mostKept = 1000;

class Program {
  constructor(readonly node: Node) {}
}

export const exprModule: BuiltInModule = ({ arg, defineModule, defineType, fn, luaError, t }) => {
  const kept = new Map<string, Node>();
  const failure = (error: unknown) => {
    if (!isExpressionError(error)) throw error;
    return luaError(`expr: ${error.message}`, { kind: "Internal", retryable: false });
  };
  const parsed = (expression: unknown): Node => {
    if (typeof expression !== "string" || expression.trim() === "") {
      throw luaError("expr: the expression is empty", { kind: "Invalid", retryable: false });
    }
    const known = kept.get(expression);
    if (known) return known;
    try {
      const node = parse(expression);
      if (kept.size >= mostKept) kept.delete(kept.keys().next().value ?? "");
      kept.set(expression, node);
      return node;
    } catch (error) {
      throw failure(error);
    }
  };
  const evaluated = (node: Node, env: unknown): LuaValue => {
    const names = typeof env === "object" && env !== null && !Array.isArray(env) ? env : {};
    try {
      return new Evaluation().run(node, { names: names as Readonly<Record<string, unknown>> }) as LuaValue;
    } catch (error) {
      throw failure(error);
    }
  };
  const returns = [t.any, t.optional(t.luaError)];
  const expression = arg.any("expression").opt();
  const env = arg.any("env").opt();
  const ProgramType = defineType("expr.Program", {
    of: Program,
    methods: {
      run: fn({ params: [env], returns, run: (_call, self: Program, values) => evaluated(self.node, values) }),
    },
  });
  return defineModule({
    name: "expr",
    description: "Evaluates expressions: filters, rules, calculations",
    class: ["deterministic"],
    argErrors: "return",
    types: [ProgramType],
    functions: {
      eval: fn({ params: [expression, env], returns, run: (_call, text, values) => evaluated(parsed(text), values) }),
      compile: fn({
        params: [expression, env],
        returns: [ProgramType, t.optional(t.luaError)],
        run: (_call, text) => new Program(parsed(text)),
      }),
    },
  });
};
