/**
 * GenX on the page: agents, generators, tools and streams above a runtime.
 *
 * @example
 * import { createGenx, scripted } from "luaskills-wasm/genx";
 * @module
 */
export { Agent } from "./agents/agent.ts";
export type {
  AgentDefinition,
  ContextLayer,
  LuaDefinition,
  MatchDefinition,
  MatchRule,
  ReactDefinition,
} from "./agents/agent-definition.ts";
export type { AgentEvent, Phase } from "./agents/agent-event.ts";
export type { Tool, ToolContext } from "./agents/agent-scope.ts";
export { type AgentState, memoryStates, type StateStore } from "./agents/agent-state.ts";
export type { ApprovalRequest, Approve } from "./agents/approval.ts";
export type { Message, ToolCall } from "./agents/message.ts";
export type { MemoryStore } from "./agents/workshop.ts";
export { type AiSdkModel, fromAiSdk } from "./generators/ai-sdk.ts";
export { generateJson } from "./generators/generate-json.ts";
export { generateText } from "./generators/generate-text.ts";
export type { GeneratePart, GenerateRequest, Generator, Models, ToolSpec } from "./generators/generator.ts";
export { type OpenAiCompatibleOptions, openAiCompatible } from "./generators/openai-compatible.ts";
export { type ScriptedAnswer, type ScriptedGenerator, type ScriptedPart, scripted } from "./generators/scripted.ts";
export { type CreateAgentOptions, createGenx, type Genx, type GenxOptions } from "./genx.ts";
export { LuauSyntaxError, type TranslateOptions, toLua } from "./luau/to-lua.ts";
export { fakeRealtime } from "./realtime/fake-adapter.ts";
export { geminiRealtime } from "./realtime/gemini-adapter.ts";
export { openAiRealtime } from "./realtime/openai-adapter.ts";
export type { RealtimeAdapter, RealtimeEvent, RealtimeOptions } from "./realtime/realtime-adapter.ts";
export type {
  RealtimeDefinition,
  RealtimeEndpoint,
  RealtimeModels,
  RealtimeSocket,
} from "./realtime/realtime-definition.ts";
export type { ScriptRuntime } from "./scripts/script-runner.ts";
export { Channel } from "./streams/channel.ts";
export type { Chunk, Contents, Part } from "./streams/chunk.ts";
export {
  type AgentStream,
  type Multiplexer,
  type MultiplexOptions,
  multiplex,
  type StreamItem,
  type StreamKind,
} from "./streams/multiplexer.ts";
export type { Transformer, TransformerEntry } from "./streams/transformer.ts";
export type {
  FunctionTool,
  LegacyToolDefinition,
  LuaToolDefinition,
  SkillToolDefinition,
  ToolDefinition,
} from "./tools/tool-definition.ts";
export { eventToJson, type Replay, replay, type Trace, type TraceEntry, TraceRecorder } from "./trace.ts";
