import type { EntryDescriptor, HelpTree, JsonObject, Runtime } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { mainPage } from "../help/main-page.ts";
import { agentNameOf, writeSkillText } from "./skill-text.ts";

export interface AgentSkill {
  /** What its folder has to be called. */
  readonly name: string;
  /** Path below the folder → content. */
  readonly files: Readonly<Record<string, Uint8Array>>;
}

/**
 * An installed skill as an Agent Skill folder: its package, a `SKILL.md` of its help and entries, and its other help pages under
 * `references/`. An agent that can run commands calls the entries with `npx luaskills-wasm call`. A package that has a `SKILL.md`
 * keeps it.
 *
 * @throws LuaSkillsError `not_found`
 */
export async function toAgentSkill(
  runtime: Pick<Runtime, "list" | "help" | "skills">,
  skillId: string,
): Promise<AgentSkill> {
  const entries = runtime.list().filter((entry) => entry.skillId === skillId);
  if (entries.length === 0) {
    throw new LuaSkillsError("not_found", `no skill '${skillId}' with entries is loaded`, { data: { skillId } });
  }
  const { unzipSync } = await import("fflate");
  const packed = unzipSync(await runtime.skills.pack(skillId));
  const files: Record<string, Uint8Array> = {};
  for (const [path, content] of Object.entries(packed)) {
    if (!path.endsWith("/")) files[path.replace(/^[^/]+\//, "")] = content;
  }
  const name = agentNameOf(skillId);
  if ("SKILL.md" in files) return { name, files };

  const tree = (await runtime.help()).find((each) => each.skill_id === skillId);
  const page = async (flow: string) => (await runtime.help(skillId, flow))?.content.trim() ?? "";
  const encoder = new TextEncoder();
  const links: string[] = [];
  for (const { flow_name: flow, description } of tree?.flows ?? []) {
    const path = `references/${flow.replaceAll(/[^\w.-]+/g, "-")}.md`;
    files[path] ??= encoder.encode(`${await page(flow)}\n`);
    links.push(`- [${flow}](${path})${description ? `: ${description}` : ""}`);
  }
  const main = tree ? ((await mainPage(runtime, tree))?.content.trim() ?? "") : "";
  const text = await writeSkillText(
    {
      name,
      description: descriptionOf(tree, entries),
      body: [
        main || `# ${tree?.skill_name ?? skillId}`,
        "## How to call it",
        "In this folder, with Node and the package luaskills-wasm. The arguments are one JSON object; the answer is printed.",
        ...entries.map((entry) => entryText(name, entry)),
        ...(links.length > 0 ? ["## More", links.join("\n")] : []),
      ].join("\n\n"),
    },
    { compatibility: "Needs Node and npx luaskills-wasm", metadata: { version: await versionOf(files["skill.yaml"]) } },
  );
  files["SKILL.md"] = encoder.encode(text);
  return { name, files };
}

/** What an agent decides by: the help's line, and what there is to call. */
function descriptionOf(tree: HelpTree | undefined, entries: readonly EntryDescriptor[]): string {
  const line = tree?.main.description.trim() || tree?.skill_name || entries[0]?.skillId || "";
  const calls = entries.map(({ localName, description }) => `${localName}: ${description || "no description"}`);
  const all = `${line.replace(/[.\s]*$/, ".")} ${calls.join(" ")}`.replaceAll(/\s+/g, " ").trim();
  return all.length <= 1024 ? all : `${all.slice(0, 1023)}…`;
}

function entryText(name: string, { localName, description, inputSchema }: EntryDescriptor): string {
  const { properties = {}, required = [] } = inputSchema as {
    properties?: Readonly<Record<string, JsonObject>>;
    required?: readonly string[];
  };
  const rows = Object.entries(properties).map(([argument, { type, description: about }]) => {
    const facts = [typeof type === "string" ? type : "any", ...(required.includes(argument) ? ["required"] : [])];
    return `- \`${argument}\` (${facts.join(", ")})${typeof about === "string" && about ? `: ${about}` : ""}`;
  });
  const given = Object.fromEntries(required.map((argument) => [argument, exampleOf(properties[argument])]));
  const call = `npx luaskills-wasm call . ${name}-${localName} --args '${JSON.stringify(given).replaceAll("'", "'\\''")}'`;
  return [`### ${localName}`, description, rows.join("\n"), `\`\`\`sh\n${call}\n\`\`\``]
    .filter((part) => part !== "")
    .join("\n\n");
}

function exampleOf(schema: JsonObject | undefined): unknown {
  const { examples, enum: choices, default: value, type } = schema ?? {};
  const [first] = Array.isArray(examples) ? examples : Array.isArray(choices) ? choices : [];
  if (first !== undefined || value !== undefined) return first ?? value;
  const blank: Readonly<Record<string, unknown>> = { number: 0, integer: 0, boolean: false, array: [], object: {} };
  return typeof type === "string" && type in blank ? blank[type] : "…";
}

async function versionOf(manifest: Uint8Array | undefined): Promise<string> {
  const { parse } = await import("yaml");
  const { version } = (parse(new TextDecoder().decode(manifest)) ?? {}) as { version?: unknown };
  return String(version ?? "0.1.0");
}
