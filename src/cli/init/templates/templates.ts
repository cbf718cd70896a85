import { database } from "./database.ts";
import { hostTool } from "./host-tool.ts";
import { minimal } from "./minimal.ts";
import { moduleTemplate } from "./module.ts";
import type { Template } from "./template.ts";

/** By the name `--template` takes. */
export const templates: Readonly<Record<string, Template>> = {
  minimal,
  database,
  "host-tool": hostTool,
  module: moduleTemplate,
};
