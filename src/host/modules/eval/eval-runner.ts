/**
 * The module `eval_runner`: snippets of Lua in a state of their own, of kind `eval`, with no more modules than the caller has.
 * @module
 */
import { isObject } from "../../../base/is-object.ts";
import type { LuaValue } from "../../../lua/interface.ts";
import type { Call } from "../../../modules/definition/interface.ts";
import { resourcesOf } from "../module-options.ts";
import type { BuiltInModule } from "../services.ts";
import source from "./snippet.lua?raw";

/** Programs that are known to compile; the oldest goes when another one comes. */
const mostCompiled = 256;

/** Lua the host lends, by id. */
interface Library {
  readonly source: string;
  /** What it may require, be it hidden from the snippet or not. */
  readonly modules: readonly string[];
}

class Program {
  constructor(
    readonly method: string,
    readonly modules: readonly string[],
  ) {}
}

export const evalRunnerModule: BuiltInModule = ({ arg, defineModule, defineType, fn, luaError, t }, services) => {
  const invalid = (message: string) => luaError(message, { kind: "Invalid", retryable: false });
  const libraries = resourcesOf(services.options, "eval_runner", ["source", "modules"], (each): Library => {
    const text = each.text("source");
    if (text === undefined) throw each.refused("needs source, the Lua text of a library");
    return { source: text, modules: each.texts("modules") };
  });
  const compiled = new Map<string, Program>();
  const list = (given: unknown, what: string): readonly string[] => {
    const texts = given ?? [];
    if (Array.isArray(texts) && texts.every((each) => typeof each === "string")) return texts;
    throw invalid(`eval_runner: ${what} must be a list of texts`);
  };
  const table = (given: unknown, what: string): Readonly<Record<string, unknown>> => {
    // An empty Lua table arrives as an empty list.
    if (given === undefined || given === null || (Array.isArray(given) && given.length === 0)) return {};
    if (isObject(given)) return given;
    throw invalid(`eval_runner: ${what} must be a table with names`);
  };
  const textOf = (given: unknown, what: string): string => {
    if (given === undefined || given === null) return "";
    if (typeof given === "string") return given;
    throw invalid(`eval_runner: ${what} must be a text`);
  };
  const allowed = (call: Call, action: string, names: readonly string[]) => {
    for (const name of names) call.require(action, name, undefined, `not allowed: ${name}`);
  };
  /** A name of a snippet stands for one thing. */
  const checkAlias = (alias: string, id: string, modules: readonly string[], custom: object) => {
    const other = modules.includes(alias)
      ? "direct module"
      : Object.hasOwn(custom, alias)
        ? "custom module"
        : undefined;
    if (other === undefined) return;
    throw luaError(`alias '${alias}' collision: ${alias} (${other}) vs ${id} (direct import)`, {
      kind: "Conflict",
      retryable: false,
      details: { alias, existing_target: alias, new_target: id },
    });
  };
  const sourceOf = (given: unknown): string => {
    const text = textOf(given, "source");
    if (text.trim() === "") throw invalid("eval_runner: the source is empty");
    return text;
  };

  const ProgramType = defineType("eval_runner.Program", {
    of: Program,
    methods: {
      method: fn({ returns: [t.string], run: (_call, self: Program) => self.method }),
      modules: fn({ returns: [t.array(t.string)], run: (_call, self: Program) => [...self.modules] }),
    },
  });
  return defineModule({
    name: "eval_runner",
    description: "Runs snippets of Lua with chosen modules",
    class: ["io", "nondeterministic", "process"],
    argErrors: "return",
    permissions: ["eval.compile", "eval.run", "eval.module", "eval.import", "eval.class"],
    types: [ProgramType],
    functions: {
      compile: fn({
        params: [arg.string("source"), arg.string("method").opt(""), arg.table("options").opt()],
        returns: [ProgramType, t.optional(t.luaError)],
        async run(call, given, method, options) {
          const text = sourceOf(given);
          const { modules: named, allow_classes: classes } = table(options, "options");
          const modules = list(named, "modules");
          const allowClasses = list(classes, "allow_classes");
          allowed(call, "eval.compile", ["eval"]);
          allowed(call, "eval.module", modules);
          allowed(call, "eval.class", allowClasses);
          const args = { source: text, compile: true, imports: {}, custom: {}, args: [], count: 0, method };
          const snippet = { code: source, args, modules, allowClasses, context: {} };
          services.checkSnippet(call, snippet);
          const key = JSON.stringify([text, method, modules, allowClasses]);
          let program = compiled.get(key);
          if (!program) {
            await services.runSnippet(call, snippet);
            program = new Program(method, modules);
          }
          // Whatever is asked for often stays.
          compiled.delete(key);
          compiled.set(key, program);
          for (const oldest of compiled.keys()) {
            if (compiled.size <= mostCompiled) break;
            compiled.delete(oldest);
          }
          return program;
        },
      }),
      run: fn({
        params: [arg.table("options")],
        returns: [t.any, t.optional(t.luaError)],
        async run(call, given) {
          const options = table(given, "options");
          const text = sourceOf(options.source);
          const modules = list(options.modules, "modules");
          const allowClasses = list(options.allow_classes, "allow_classes");
          const imported = Object.entries(table(options.imports, "imports"));
          allowed(call, "eval.run", ["eval"]);
          allowed(call, "eval.module", modules);
          allowed(call, "eval.class", allowClasses);
          const custom = table(options.custom_modules, "custom_modules");
          const imports = Object.fromEntries(
            imported.map(([alias, id]) => {
              const name = textOf(id, `imports.${alias}`);
              checkAlias(alias, name, modules, custom);
              allowed(call, "eval.import", [name]);
              const library = libraries.get(name);
              if (library === undefined)
                throw luaError(`library not found: ${name}`, { kind: "NotFound", retryable: false });
              const hidden = library.modules.filter((each) => !modules.includes(each));
              allowed(call, "eval.module", hidden);
              return [alias, { source: library.source, hidden }];
            }),
          );
          const hidden = Object.values(imports).flatMap((each) => each.hidden);
          const values = options.args ?? [];
          if (!Array.isArray(values)) throw invalid("eval_runner: args must be a list");
          return services.runSnippet(call, {
            code: source,
            args: {
              source: text,
              method: textOf(options.method, "method"),
              imports,
              custom: custom as LuaValue,
              args: values as LuaValue,
              count: values.length,
            },
            modules: [...new Set([...modules, ...hidden])],
            allowClasses,
            context: table(options.context, "context") as Readonly<Record<string, LuaValue>>,
          });
        },
      }),
    },
  });
};
