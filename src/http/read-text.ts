export interface ReadTextOptions {
  readonly maxBytes: number;
  /** What is thrown for more. */
  tooLarge(maxBytes: number): Error;
  /** What is thrown for bytes that are not UTF-8; left out, they become replacement characters. */
  notText?(cause: unknown): Error;
}

/** The body of a request or an answer as text, read up to a size. */
export async function readText(
  { body }: { readonly body: ReadableStream<Uint8Array> | null },
  { maxBytes, tooLarge, notText }: ReadTextOptions,
): Promise<string> {
  if (!body) return "";
  const decoder = new TextDecoder("utf-8", { fatal: notText !== undefined });
  const reader = body.getReader();
  let size = 0;
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    size += value?.length ?? 0;
    if (size > maxBytes) {
      await reader.cancel();
      throw tooLarge(maxBytes);
    }
    try {
      text += decoder.decode(value, { stream: !done });
    } catch (cause) {
      throw notText?.(cause) ?? cause;
    }
    if (done) return text;
  }
}
