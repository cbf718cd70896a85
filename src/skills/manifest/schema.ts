/**
 * Every key of `skill.yaml` as JSON Schema: the one source of the published schema, of the page that lists the keys, and of
 * what `luaskills-wasm check` says about keys.
 * @module
 */

/** The part of JSON Schema that the keys of a manifest need. */
export interface KeySchema {
  readonly type?: "object" | "array" | "string" | "boolean" | "integer";
  readonly description: string;
  readonly default?: boolean | string | number;
  readonly properties?: Readonly<Record<string, KeySchema>>;
  readonly required?: readonly string[];
  /** False: no other key means anything. */
  readonly additionalProperties?: false;
  readonly items?: KeySchema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

const identifier = "^[a-z]([a-z0-9-]*[a-z0-9])?$";
const semanticVersion = "^\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?$";

const parameter: KeySchema = {
  type: "object",
  description: "One argument.",
  required: ["name", "type", "description"],
  additionalProperties: false,
  properties: {
    name: { type: "string", description: "The argument's name, as Lua finds it in the table of arguments." },
    type: { type: "string", description: "Its JSON Schema type: string, number, integer, boolean, object or array." },
    description: { type: "string", description: "What it means; a model reads this." },
    required: { type: "boolean", default: false, description: "Whether a call has to give it." },
  },
};

const entry: KeySchema = {
  type: "object",
  description: "A tool of the skill.",
  required: ["name", "lua_entry", "lua_module"],
  additionalProperties: false,
  properties: {
    name: {
      type: "string",
      pattern: identifier,
      description: "Its name inside the skill; callers use `<skill>-<name>`. Lower-case letters, digits and hyphens.",
    },
    description: { type: "string", default: "", description: "What it does and when to use it; a model reads this." },
    lua_entry: {
      type: "string",
      description: "The Lua file below `runtime/` that returns the entry's function, such as `runtime/hello.lua`.",
    },
    lua_module: {
      type: "string",
      description: "The name of its chunk in tracebacks, and what the runtime keeps it under: `<skill>.<entry>`.",
    },
    parameters: { type: "array", items: parameter, description: "Its arguments, one by one; the short form." },
    input_schema: {
      type: "object",
      description:
        "Its arguments as one JSON Schema with `type: object`; instead of `parameters` where those say too little.",
    },
    input_schema_file: {
      type: "string",
      default: "",
      description: "The same in a JSON file below `schemas/`. Not beside `input_schema`.",
    },
    help: { type: "string", default: "", description: "The name of the help topic that explains it." },
  },
};

const resources = (description: string): KeySchema => ({
  type: "array",
  description,
  items: { type: "string", description: "One of them." },
});

const helpPage = (about: string, file: string): KeySchema => ({
  type: "object",
  description: about,
  additionalProperties: false,
  properties: {
    name: { type: "string", default: "", description: "What the page is asked for by; `main` is called that anyway." },
    description: { type: "string", default: "", description: "What is on the page, in one line." },
    file: { type: "string", default: "", description: file },
  },
});

const database = (engine: string, slowMs: number): KeySchema => ({
  type: "object",
  description: `The skill's own ${engine} database.`,
  additionalProperties: false,
  properties: {
    enable: { type: "boolean", default: false, description: "Whether the skill has one." },
    log_level: {
      type: "string",
      enum: ["off", "info", "warning"],
      default: "info",
      description: "What the database writes to the log.",
    },
    slow_log_enabled: { type: "boolean", default: false, description: "Whether slow statements are logged." },
    slow_log_threshold_ms: {
      type: "integer",
      minimum: 0,
      default: slowMs,
      description: "Milliseconds from which a statement is slow.",
    },
  },
});

export const manifestSchema: KeySchema = {
  type: "object",
  description: "skill.yaml: what a LuaSkills package says about itself. The skill's id is the name of its folder.",
  required: ["name", "version", "entries"],
  additionalProperties: false,
  properties: {
    name: { type: "string", description: "The display name, any text. It is no identity." },
    version: {
      type: "string",
      pattern: semanticVersion,
      description: "A semantic version such as `0.1.0`, in quotes or plain.",
    },
    enable: {
      type: "boolean",
      default: true,
      description: "False takes the skill out, and hides the same skill of later roots.",
    },
    debug: {
      type: "boolean",
      default: false,
      description: "True reads and compiles an entry's file anew for each call: for work on it.",
    },
    entries: { type: "array", minItems: 1, items: entry, description: "The tools of the skill, at least one." },
    help: {
      type: "object",
      description: "Pages that explain the skill to people and models.",
      additionalProperties: false,
      properties: {
        main: helpPage("The page about the whole skill.", "A Markdown or Lua file below `help/`."),
        topics: {
          type: "array",
          description: "Pages about a way of working with it.",
          items: helpPage("One page.", "A Markdown or Lua file below `help/`; has to be given."),
        },
      },
    },
    sqlite: database("SQLite", 500),
    lancedb: database("vector (LanceDB)", 800),
    permissions: {
      type: "object",
      description:
        "What the skill needs, in the words of the option `grants`: shown when it is installed, and asked for. It grants nothing.",
      additionalProperties: false,
      properties: {
        files: {
          type: "object",
          description: "Files, as globs below the runtime root, absolute globs, or `own`, `shared`, `temp`, `work`.",
          additionalProperties: false,
          properties: {
            read: resources("What it reads."),
            write: resources("What it writes."),
          },
        },
        tools: resources("Host tools by name, with `*`."),
        models: resources("`embed`, `llm`."),
        skills: resources("Other skills it calls, by id."),
        packages: resources("Management of packages, as `<action>` or `<action>:<skill id>`."),
        process: resources("Programs by name."),
        network: resources("Addresses, as prefixes."),
        modules: resources("Host modules by name."),
      },
    },
  },
};
