/**
 * The JSON Schema of a bridge's configuration file, for editors and for the bridge itself.
 * @module
 */
import { Validator } from "@cfworker/json-schema";
import { LuaSkillsError } from "../errors.ts";
import type { PartialBridgeConfig } from "./config.ts";

const texts = { type: "array", items: { type: "string", minLength: 1 } } as const;
const interpreter = {
  type: "object",
  additionalProperties: false,
  properties: {
    path: { type: "string", minLength: 1, description: "The interpreter. Default: the bridge's own Node.js, python3." },
    packageManager: { type: "string", minLength: 1, description: "pnpm or uv. Default: the first on PATH." },
  },
} as const;
const count = { type: "integer", minimum: 0 } as const;

export const bridgeConfigSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Configuration of luaskills-wasm bridge",
  description: "What the bridge allows. Everything that is not named is denied.",
  type: "object",
  additionalProperties: false,
  properties: {
    $schema: { type: "string" },
    host: { type: "string", description: "Address to listen on. Default 127.0.0.1." },
    port: { ...count, maximum: 65_535, description: "Default 7333; 0 lets the system choose." },
    hosts: { ...texts, description: "Further names of the bridge, with port: bridge.example:443." },
    origins: { ...texts, description: "Exact origins of pages that may pair and connect." },
    native: { type: "boolean", description: "Whether programs that are no page may pair." },
    programs: {
      type: "array",
      description: "Programs that may run.",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["name"],
        properties: {
          name: { type: "string", minLength: 1, description: "What skills call it." },
          path: { type: "string", description: "The file that runs. Default: the first on PATH." },
          arguments: { ...texts, description: "Regular expressions; every argument must match one as a whole." },
          paths: {
            enum: ["roots", "any"],
            description: "Whether arguments may lead outside the roots. Default roots.",
          },
        },
      },
    },
    toolRoots: { ...texts, description: "Directories of tools that packages depend on; their programs may run." },
    roots: { ...texts, description: "Directories that programs may use." },
    mounts: {
      type: "array",
      description: "Directories that runtimes may have in their own tree.",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["path", "access"],
        properties: { path: { type: "string", minLength: 1 }, access: { enum: ["read-only", "read-write"] } },
      },
    },
    environment: {
      type: "object",
      additionalProperties: false,
      properties: {
        inherit: { ...texts, description: "Variables of the bridge that programs get." },
        accept: { ...texts, description: "Variables a runtime may set; A* stands for all that begin with A." },
      },
    },
    libraries: {
      type: "object",
      description: "Shared libraries ffi.load may open: name to file, null for the system's search.",
      additionalProperties: { type: ["string", "null"] },
    },
    runtimes: {
      type: "object",
      description: "Interpreters that skills may run code of their own with, as this user.",
      additionalProperties: false,
      properties: { node: interpreter, python: interpreter },
    },
    databases: { type: "string", minLength: 1, description: "Where native databases of skills are kept." },
    environments: { type: "string", minLength: 1, description: "Where packages for these are installed." },
    limits: {
      type: "object",
      additionalProperties: false,
      properties: {
        processes: { ...count, description: "Programs at a time. Default 64." },
        connections: { ...count, description: "Runtimes at a time. Default 16." },
        outputBytes: { ...count, description: "Output of one program. Default 64 MiB." },
        runMs: { ...count, description: "Milliseconds a program may run; 0: no limit. Default 600,000." },
        messageBytes: { ...count, description: "One message of a runtime. Default 64 MiB." },
        mirrorBytes: { ...count, description: "Files of one mirror or mount. Default 256 MiB." },
      },
    },
  },
} as const;

/** @throws LuaSkillsError `invalid_argument` naming the member and what is wrong with it */
export function checkBridgeConfig(value: unknown, where: string): PartialBridgeConfig {
  const { valid, errors } = new Validator(bridgeConfigSchema as object, "2020-12", false).validate(value);
  if (!valid) {
    // The innermost complaint says most.
    const worst = errors.toSorted((a, b) => b.instanceLocation.length - a.instanceLocation.length)[0];
    const at = worst
      ? `${worst.instanceLocation.replace(/^#/, "") || "/"}: ${worst.error}`
      : "it does not fit the schema";
    throw new LuaSkillsError("invalid_argument", `${where} cannot be used: ${at}`);
  }
  const { $schema: _, ...config } = value as Record<string, unknown>;
  return config as PartialBridgeConfig;
}
