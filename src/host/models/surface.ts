/** Surface of `vulcan.models` (vulcan-api.md). */
import { fn, type SurfaceEntry, shape } from "../surface/entry.ts";

const modelError =
  "{ code: string, message: string, provider_message?: string, provider_code?: string, provider_status?: integer }";

export const modelSurface: readonly SurfaceEntry[] = [
  fn(
    "models.status",
    "(): { ok: true, capabilities: { embed: boolean, llm: boolean } }",
    "§13.2",
    "Which model callbacks the host has.",
  ),
  fn("models.has", '(capability: "embed"|"llm"): boolean', "§13.2", "Whether the host has the callback."),
  shape("vulcan.models.Usage", "Tokens used, as far as known.", {
    "input_tokens?": "integer",
    "output_tokens?": "integer",
  }),
  shape("vulcan.models.Embedding", "Answer of `vulcan.models.embed`.", {
    ok: "boolean",
    "vector?": "number[]",
    "dimensions?": "integer",
    "usage?": "vulcan.models.Usage",
    "error?": modelError,
  }),
  fn("models.embed", "(text: string): vulcan.models.Embedding", "§13.2", "A vector for a text. Never raises."),
  shape("vulcan.models.Completion", "Answer of `vulcan.models.llm`.", {
    ok: "boolean",
    "assistant?": "string",
    "usage?": "vulcan.models.Usage",
    "error?": modelError,
  }),
  fn(
    "models.llm",
    "(system: string, user: string): vulcan.models.Completion",
    "§13.2",
    "One turn of a language model. Never raises.",
  ),
];
