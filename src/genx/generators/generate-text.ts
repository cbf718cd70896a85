import type { GenerateRequest, Generator } from "./generator.ts";

/** The whole text of an answer. */
export async function generateText(generator: Generator, request: GenerateRequest): Promise<string> {
  let text = "";
  for await (const part of generator.stream(request)) {
    request.signal.throwIfAborted();
    if (part.type === "text") text += part.text;
  }
  return text;
}
