import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  CallToolRequestSchema,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  type LoggingLevel,
  ReadResourceRequestSchema,
  SetLevelRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { version } from "../../base/version.ts";
import type { Runtime } from "../../contract/contract.ts";
import { callTool } from "./call-tool.ts";
import { helpPrompt, helpPrompts, helpUriTemplate } from "./help-pages.ts";
import { OfferedTools } from "./offered-tools.ts";
import type { McpServerOptions } from "./options.ts";
import { chosenResources, listResources, readResource } from "./resources.ts";

/** From the least to the gravest, as RFC 5424 has them. */
const severity = [
  "debug",
  "info",
  "notice",
  "warning",
  "error",
  "critical",
  "alert",
  "emergency",
] as const satisfies readonly LoggingLevel[];

/** The runtime's entries as an MCP server of one connection. It follows the registry while it is connected. */
export class SkillServer extends Server {
  #level: LoggingLevel = "info";

  constructor(
    private readonly runtime: Runtime,
    private readonly options: McpServerOptions,
  ) {
    const resources = chosenResources(options.resources);
    const prompts = options.prompts ?? true;
    super(
      { name: options.name ?? "luaskills-wasm", version: options.version ?? version },
      {
        capabilities: {
          tools: { listChanged: true },
          logging: {},
          ...(resources === undefined ? {} : { resources: { listChanged: true } }),
          ...(prompts ? { prompts: { listChanged: true } } : {}),
        },
        ...(options.instructions === undefined ? {} : { instructions: options.instructions }),
      },
    );
    this.#serveTools();
    this.setRequestHandler(SetLevelRequestSchema, ({ params }) => {
      this.#level = params.level;
      return {};
    });
    if (resources !== undefined) {
      this.setRequestHandler(ListResourcesRequestSchema, async () => ({
        resources: await listResources(runtime, resources),
      }));
      this.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({
        resourceTemplates: resources.help
          ? [{ uriTemplate: helpUriTemplate, name: "help", title: "Help of a skill", mimeType: "text/markdown" }]
          : [],
      }));
      this.setRequestHandler(ReadResourceRequestSchema, ({ params }) => readResource(runtime, params.uri, resources));
    }
    if (prompts) {
      this.setRequestHandler(ListPromptsRequestSchema, async () => ({ prompts: await helpPrompts(runtime) }));
      this.setRequestHandler(GetPromptRequestSchema, ({ params }) =>
        helpPrompt(runtime, params.name, params.arguments ?? {}),
      );
    }
  }

  /** The transport's end is the end of following, too. The runtime stays open: it is the host's. */
  override async connect(transport: Transport): Promise<void> {
    const stop = this.runtime.subscribe(() => void this.#tellChange());
    const before = transport.onclose;
    transport.onclose = () => {
      stop();
      before?.();
    };
    try {
      await super.connect(transport);
    } catch (thrown) {
      stop();
      throw thrown;
    }
  }

  #serveTools(): void {
    const list = new OfferedTools(this.runtime, this.options);
    this.setRequestHandler(ListToolsRequestSchema, () => ({
      tools: [...list.tools.values()].map(({ tool }) => tool),
    }));
    this.setRequestHandler(CallToolRequestSchema, (request, extra) =>
      callTool(this.runtime, list.tools, request, this.options, {
        signal: extra.signal,
        notify: (notification) => extra.sendNotification(notification),
        hears: (level) => severity.indexOf(level) >= severity.indexOf(this.#level),
      }),
    );
  }

  async #tellChange(): Promise<void> {
    // Before the handshake nobody has a list that could be out of date.
    if (this.getClientCapabilities() === undefined) return;
    try {
      await this.sendToolListChanged();
      if (this.options.resources !== false) await this.sendResourceListChanged();
      if (this.options.prompts ?? true) await this.sendPromptListChanged();
    } catch (thrown) {
      this.onerror?.(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }
}
