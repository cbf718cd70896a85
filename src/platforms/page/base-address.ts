/** What relative addresses in options are relative to: the page, or in a worker the worker's script. */
export function baseAddress(): string {
  return globalThis.document?.baseURI ?? globalThis.location.href;
}
