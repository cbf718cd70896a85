/**
 * The module `template`: sets of templates that the host lends, in Jet's syntax:
 * `moduleOptions: { template: { "app.views:emails": { templates: { welcome: "Hello, {{ name }}!" } } } }`.
 * @module
 */

import { isObject } from "../../../base/is-object.ts";
import { charge } from "../../../base/work.ts";
import { VfsError } from "../../../vfs/interface.ts";
import { Volume } from "../fs/volume.ts";
import { resourcesOf } from "../module-options.ts";
import type { BuiltInModule, BuiltInServices, ModuleKit } from "../services.ts";
import { type Delimiters, parseTemplate, type Template, TemplateError } from "./parse.ts";
import { Rendering } from "./render.ts";

interface SetOptions {
  readonly templates: Readonly<Record<string, string>>;
  readonly path: string | undefined;
  readonly globals: Readonly<Record<string, unknown>>;
  readonly delimiters: Delimiters;
}

const endings = ["", ".jet", ".html"];
const charactersPerUnit = 8;

class TemplateSet {
  isReleased = false;
  constructor(
    readonly options: SetOptions,
    readonly find: (name: string) => Template | undefined,
  ) {}
}

/** The original's name for it is the other one. */
export const templateModule = templateModuleOf("template");
export const templatesModule = templateModuleOf("templates");

function templateModuleOf(name: "template" | "templates"): BuiltInModule {
  return (kit, services) => templates(name, kit, services);
}

function templates(
  moduleName: string,
  { arg, defineModule, defineType, fn, luaError, t }: ModuleKit,
  { host, options }: BuiltInServices,
) {
  const fault = (kind: string, message: string) => luaError(message, { kind, retryable: false });
  const offered = resourcesOf(
    options,
    "template",
    ["templates", "path", "globals", "delimiters"],
    (each): SetOptions => {
      const templates = each.record("templates");
      const wrong = Object.entries(templates).find(([, text]) => typeof text !== "string");
      if (wrong) throw each.refused(`templates["${wrong[0]}"] must be a text`);
      const path = each.text("path");
      if (path !== undefined) each.path();
      const { left = "{{", right = "}}" } = each.record("delimiters");
      if (typeof left !== "string" || typeof right !== "string" || left === "" || right === "")
        throw each.refused("delimiters must be { left, right }, texts that are not empty");
      return {
        templates: templates as Readonly<Record<string, string>>,
        path,
        globals: each.record("globals"),
        delimiters: { left, right },
      };
    },
  );

  /** Taken apart once, and again when the text is another one. */
  const finderOf = ({ templates, path, delimiters }: SetOptions) => {
    const parsed = new Map<string, { readonly source: string; readonly template: Template }>();
    const volume = path === undefined ? undefined : new Volume(host.vfs, { path, readOnly: true });
    const sourceOf = (name: string): string | undefined => {
      if (Object.hasOwn(templates, name)) return templates[name];
      const file = volume && endings.map((ending) => name + ending).find((each) => isFile(volume, each));
      return file === undefined ? undefined : new TextDecoder().decode(host.vfs.readFile(volume?.place(file) ?? file));
    };
    return (name: string): Template | undefined => {
      const source = sourceOf(name);
      if (source === undefined) return undefined;
      const known = parsed.get(name);
      if (known?.source === source) return known.template;
      charge(source.length / charactersPerUnit);
      const template = parseTemplate(name, source, delimiters);
      parsed.set(name, { source, template });
      return template;
    };
  };
  const finders = new Map<string, ReturnType<typeof finderOf>>();
  /** A class of its own for each name, so that its sets are of its type. */
  class LentSet extends TemplateSet {}

  const SetType = defineType(`${moduleName}.Set`, {
    of: LentSet,
    methods: {
      render: fn({
        params: [arg.string("name"), arg.table("data").opt()],
        returns: [t.string, t.optional(t.luaError)],
        run: (_call, self: TemplateSet, name: string, data: unknown) => {
          if (self.isReleased) throw fault("Internal", "the template set was released");
          if (name === "") throw fault("Invalid", "render: the name of the template is empty");
          try {
            const template = self.find(name);
            if (!template) throw fault("NotFound", `template not found: ${name}`);
            return new Rendering(self.find, self.options.globals).render(template, isObject(data) ? data : {});
          } catch (thrown) {
            if (!(thrown instanceof TemplateError)) throw thrown;
            throw fault("Internal", thrown.message);
          }
        },
      }),
      release: fn({
        returns: [t.boolean],
        run: (_call, self: TemplateSet) => {
          self.isReleased = true;
          return true;
        },
      }),
    },
    metamethods: { __tostring: (_call, self) => `${moduleName}.Set{${self.isReleased ? "released" : ""}}` },
  });

  return defineModule({
    name: moduleName,
    description: "Texts and pages from templates that the host lends",
    class: ["io"],
    argErrors: "return",
    permissions: ["template.get"],
    types: [SetType],
    functions: {
      get: fn({
        params: [arg.string("id")],
        returns: [SetType, t.optional(t.luaError)],
        run: (call, id) => {
          if (id === "") throw fault("Invalid", "template.get: the id is empty");
          call.require("template.get", id, undefined, `not allowed: ${id}`);
          const found = offered.get(id);
          if (!found) throw fault("NotFound", `template set not found: ${id}`);
          const finder = finders.get(id) ?? finderOf(found);
          finders.set(id, finder);
          return new LentSet(found, finder);
        },
      }),
    },
  });
}

function isFile(volume: Volume, name: string): boolean {
  try {
    return volume.exists(name) && volume.stat(name).kind === "file";
  } catch (error) {
    // A link that leads out of the folder is no template.
    if (error instanceof VfsError) return false;
    throw error;
  }
}
