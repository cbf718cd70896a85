/**
 * Help pages for clients: as resources to read, and as prompts to begin with.
 * @module
 */
import {
  ErrorCode,
  type GetPromptResult,
  McpError,
  type Prompt,
  type Resource,
} from "@modelcontextprotocol/sdk/types.js";
import type { HelpNode, HelpPage, HelpTree, Runtime } from "../../contract/contract.ts";
import { mainPage } from "../help/main-page.ts";

export const helpUriTemplate = "luaskills://help/{skill}/{flow}";

interface Page {
  readonly tree: HelpTree;
  readonly node: HelpNode;
}

export async function helpResources(runtime: Runtime): Promise<Resource[]> {
  return (await pages(runtime)).map(({ tree, node }) => ({
    uri: `luaskills://help/${tree.skill_id}/${encodeURIComponent(node.flow_name)}`,
    name: promptName({ tree, node }),
    title: node.is_main ? `${tree.skill_name}: help` : `${tree.skill_name}: ${node.flow_name}`,
    description: node.description,
    mimeType: "text/markdown",
  }));
}

/** The page a URI names; undefined when it names none. */
export async function helpPage(runtime: Runtime, uri: URL): Promise<HelpPage | undefined> {
  const [skillId, flow, ...rest] = uri.pathname.slice(1).split("/").map(decodeURIComponent);
  if (skillId === undefined || flow === undefined || rest.length > 0) return undefined;
  const tree = (await runtime.help()).find((each) => each.skill_id === skillId);
  if (tree === undefined || ![tree.main, ...tree.flows].some(({ flow_name }) => flow_name === flow)) return undefined;
  return (await runtime.help(skillId, flow)) ?? undefined;
}

export async function helpPrompts(runtime: Runtime): Promise<Prompt[]> {
  return (await pages(runtime)).map(({ tree, node }) => ({
    name: promptName({ tree, node }),
    title: node.is_main ? tree.skill_name : `${tree.skill_name}: ${node.flow_name}`,
    description: node.description,
    arguments: [{ name: "task", description: "What is to be done with it", required: false }],
  }));
}

/** The page as the beginning of a conversation, followed by the task. */
export async function helpPrompt(
  runtime: Runtime,
  name: string,
  args: Readonly<Record<string, string>>,
): Promise<GetPromptResult> {
  const all = await pages(runtime);
  const page = all.find((each) => promptName(each) === name);
  if (page === undefined) {
    const known = all.map(promptName).join(", ") || "none";
    throw new McpError(ErrorCode.InvalidParams, `there is no prompt called ${JSON.stringify(name)}; prompts: ${known}`);
  }
  const { tree, node } = page;
  const help = await runtime.help(tree.skill_id, node.flow_name);
  const task = args.task?.trim();
  const text = [help?.content ?? "", ...(task ? [`\n\nThe task: ${task}`] : [])].join("");
  return { description: node.description, messages: [{ role: "user", content: { type: "text", text } }] };
}

/** A main page that nobody wrote is not offered: reading it would fail. */
async function pages(runtime: Runtime): Promise<Page[]> {
  const trees = await runtime.help();
  const nodes = await Promise.all(
    trees.map(async (tree) => {
      const written = tree.main.description.trim() !== "" || (await mainPage(runtime, tree)) !== undefined;
      return [...(written ? [tree.main] : []), ...tree.flows].map((node) => ({ tree, node }));
    }),
  );
  return nodes.flat();
}

function promptName({ tree, node }: Page): string {
  return node.is_main ? tree.skill_id : `${tree.skill_id}-${node.flow_name}`;
}
