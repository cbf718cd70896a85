/**
 * Looks into options that have members: what nobody reads is a mistake, and so is what is nearly right. Loaded with the first
 * runtime that is given such options.
 * @module
 */
import { isObject } from "../base/is-object.ts";
import { nearest } from "../base/text/nearest.ts";
import type {
  BridgeMount,
  FileGrants,
  NetworkRule,
  PoolConfig,
  RuntimeOptions,
  SecretOptions,
  SkillGrants,
  SkillRoot,
  SqliteOptions,
} from "../contract/contract.ts";
import { skillLimitNames } from "../contract/skill-limits.ts";
import { LuaSkillsError } from "../errors.ts";
import { defaultLimits } from "../limits.ts";

/** @throws LuaSkillsError `invalid_argument` naming the member at `path` */
type Check = (value: unknown, path: string) => void;

const text = typed("string", "a text");
const flag = typed("boolean", "true or false");
const texts = list(text);
const any: Check = () => {};
const count: Check = (value, path) => {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) refuse(path, "a number of at least 0", value);
};
const address: Check = (value, path) => {
  if (typeof value !== "string" && !(value instanceof URL)) refuse(path, "an address: a text or a URL", value);
};

const grant: Check = (value, path) => {
  if (typeof value === "boolean" || value === "ask") return;
  if (Array.isArray(value)) return texts(value, path);
  members({ allow: texts, ask: texts, deny: texts }, 'true, false, "ask", a list or an object')(value, path);
};
const files: Check = (value, path) => {
  if (typeof value !== "boolean")
    members<FileGrants>({ read: texts, write: texts }, "true, false or an object")(value, path);
};
const grants = members<SkillGrants>({
  files,
  limits: members(Object.fromEntries(skillLimitNames.map((name) => [name, count]))),
  tools: grant,
  models: grant,
  skills: grant,
  packages: grant,
  process: grant,
  network: grant,
  modules: texts,
});
const skillGrants: Check = (value, path) => {
  if (typeof value === "boolean") return;
  if (Array.isArray(value)) texts(value, path);
  else grants(value, path);
};
const networkRule = members<NetworkRule>({ url: text, methods: texts, headers: record(text) });
const networkGrant: Check = (value, path) => {
  if (value === true) return;
  list((each, at) => (typeof each === "string" ? undefined : networkRule(each, at)))(value, path);
};
const processKinds: Readonly<Record<string, Check>> = {
  none: members({ kind: any }),
  shell: members({ kind: any, network: texts }),
  bridge: members({
    kind: any,
    url: text,
    token: text,
    mirror: texts,
    mount: record(
      members<BridgeMount>(
        { directory: text, access: oneOf("read-only", "read-write"), exclude: texts },
        "{ directory, access, exclude }",
      ),
    ),
  }),
};

const checks: { readonly [K in keyof RuntimeOptions]?: Check } = {
  storage: (value, path) => {
    // Its kind has a text of its own.
    if (isObject(value))
      members({ kind: any, name: text, whenInUse: oneOf("share", "fail", "wait"), salvage: flag, path: text })(
        value,
        path,
      );
  },
  sqlite: members<SqliteOptions>({ storage: oneOf("vfs", "opfs") }),
  runtimeRoot: text,
  cwd: text,
  roots: list(members<SkillRoot>({ name: text, skills_dir: text, readOnly: flag })),
  pool: members<PoolConfig>({ min_size: count, max_size: count, idle_ttl_secs: count }),
  limits: members<Record<string, unknown>>(Object.fromEntries(Object.keys(defaultLimits).map((name) => [name, any]))),
  env: record(text),
  os: members<NonNullable<RuntimeOptions["os"]>>({ os: text, arch: text }),
  network: record(networkGrant),
  secrets: record(members<SecretOptions>({ value: text, hosts: texts })),
  process: (value, path) => {
    const kind = isObject(value) ? value.kind : undefined;
    const check = Object.hasOwn(processKinds, String(kind)) ? processKinds[String(kind)] : undefined;
    if (check) check(value, path);
    else refuse(`${path}.kind`, oneOfText(Object.keys(processKinds)), kind);
  },
  grants: record(skillGrants),
  security: members<NonNullable<RuntimeOptions["security"]>>({
    actor: any,
    policies: list(any),
    strict: flag,
    audit: any,
  }),
  stores: record(any),
  warmSpare: flag,
  wasm: members<NonNullable<RuntimeOptions["wasm"]>>({ lua: any, sqlite: address, jieba: address }),
};

/** @throws LuaSkillsError `invalid_argument` naming the option and its member */
export function checkOptions(options: RuntimeOptions, all: Readonly<Record<string, string>>): void {
  if (options.hostTool && options.hostTools) {
    throw new LuaSkillsError("invalid_argument", "give either hostTools (a map) or hostTool (the protocol), not both");
  }
  const known = Object.keys(all);
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) {
      throw new LuaSkillsError(
        "invalid_argument",
        `createRuntime does not know the option "${name}"${meant(name, known)}; known options: ${known.join(", ")}`,
        { data: { field: name } },
      );
    }
    if (value === undefined) continue;
    checks[name as keyof RuntimeOptions]?.(value, name);
    if (all[name] === "function" && typeof value !== "function") refuse(name, "a function", value);
  }
}

function typed(type: string, wanted: string): Check {
  return (value, path) => {
    const given: string = typeof value;
    if (given !== type) refuse(path, wanted, value);
  };
}

function oneOf(...words: readonly string[]): Check {
  return (value, path) => {
    if (!words.includes(value as string)) refuse(path, oneOfText(words), value);
  };
}

function list(each: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) refuse(path, "a list", value);
    else for (const [at, item] of value.entries()) each(item, `${path}[${at}]`);
  };
}

/** Names of the host's own choice. */
function record(each: Check): Check {
  return (value, path) => {
    if (!isObject(value)) return refuse(path, "an object", value);
    for (const [name, item] of Object.entries(value)) each(item, `${path}[${JSON.stringify(name)}]`);
  };
}

/** Typed by what is documented, so that neither list has what the other has not. */
function members<T extends object>(known: Readonly<Record<keyof T & string, Check>>, wanted = "an object"): Check {
  const all: Readonly<Record<string, Check>> = known;
  const names = Object.keys(known);
  return (value, path) => {
    if (!isObject(value)) return refuse(path, wanted, value);
    for (const [name, item] of Object.entries(value)) {
      if (!Object.hasOwn(all, name)) {
        const kind =
          path === "limits"
            ? "a limit"
            : path.endsWith(".limits")
              ? "a limit of one skill"
              : path.startsWith("grants[")
                ? "a grant"
                : "an option";
        throw new LuaSkillsError(
          "invalid_argument",
          `${path}.${name} is not ${kind}${meant(name, names)}; known${path === "limits" ? " limits" : ""}: ${names.join(", ")}`,
          { data: { field: `${path}.${name}` } },
        );
      }
      if (item !== undefined) all[name]?.(item, `${path}.${name}`);
    }
  };
}

function meant(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? "" : `: did you mean ${JSON.stringify(near)}?`;
}

const oneOfText = (words: readonly string[]) => words.map((word) => JSON.stringify(word)).join(" or ");

function refuse(path: string, wanted: string, value: unknown): void {
  const got = typeof value === "function" ? "a function" : (JSON.stringify(value) ?? String(value));
  throw new LuaSkillsError(
    "invalid_argument",
    `${path} must be ${wanted}, got ${got.length > 80 ? `${got.slice(0, 80)}…` : got}`,
    { data: { field: path } },
  );
}
