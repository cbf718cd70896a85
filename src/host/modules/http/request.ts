/**
 * From the options table of `http_client` to a request.
 * @module
 */

import { encodeBase64 } from "../../../base/bytes/base64.ts";
import { concatBytes } from "../../../base/bytes/concat-bytes.ts";
import type { LuaValue } from "../../../lua/interface.ts";
import { parseDuration } from "../time/duration.ts";

export interface PreparedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  readonly timeoutMs: number | undefined;
  readonly stream: boolean;
  readonly maxBytes: number | undefined;
}

type Table = Readonly<Record<string, LuaValue>>;

const encoder = new TextEncoder();
const refused = ["unix_socket", "tls", "overlay_network"];

/** `application/x-www-form-urlencoded`, as Go's QueryEscape: a blank is `+`. */
export function encodeComponent(text: string): string {
  return encodeURIComponent(text)
    .replace(/%20/g, "+")
    .replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** @throws Error with what is wrong with the options, for kind `Invalid` */
export function prepareRequest(method: string, address: string, given: LuaValue): PreparedRequest {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(method)) throw new Error(`the method ${JSON.stringify(method)} is no HTTP method`);
  const options = tableOf(given, "options");
  for (const name of refused)
    if (options[name] !== undefined) throw new Error(`the option ${name} is not available here`);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(tableOf(options.headers, "headers")))
    headers[name] = textOf(value, `header ${name}`);
  const cookies = Object.entries(tableOf(options.cookies, "cookies")).map(
    ([name, value]) => `${name}=${textOf(value, "cookie")}`,
  );
  if (cookies.length > 0) headers.Cookie = [headers.Cookie, ...cookies].filter(Boolean).join("; ");
  if (options.auth !== undefined) {
    const { user, pass } = tableOf(options.auth, "auth");
    const pair = encoder.encode(`${textOf(user ?? "", "auth.user")}:${textOf(pass ?? "", "auth.pass")}`);
    headers.Authorization = `Basic ${encodeBase64(pair)}`;
  }
  const content = bodyOf(options);
  if (content?.type !== undefined && !Object.keys(headers).some((name) => name.toLowerCase() === "content-type")) {
    headers["Content-Type"] = content.type;
  }
  return {
    url: withQuery(address, options.query),
    method: method.toUpperCase(),
    headers,
    body: content?.bytes,
    timeoutMs: timeoutOf(options.timeout),
    stream: options.stream === true || (typeof options.stream === "object" && options.stream !== null),
    maxBytes: typeof options.max_response_body === "number" ? options.max_response_body : undefined,
  };
}

function bodyOf(options: Table): { readonly bytes: Uint8Array; readonly type?: string } | undefined {
  if (options.files !== undefined) return multipart(options);
  if (options.form !== undefined) {
    return { bytes: encoder.encode(pairs(tableOf(options.form, "form"))), type: "application/x-www-form-urlencoded" };
  }
  if (options.body === undefined || options.body === null) return undefined;
  return { bytes: bytesOf(options.body, "body") };
}

function multipart(options: Table): { readonly bytes: Uint8Array; readonly type: string } {
  const boundary = `----luaskills${crypto.randomUUID().replaceAll("-", "")}`;
  const parts: Uint8Array[] = [];
  const add = (disposition: string, type: string | undefined, content: Uint8Array) => {
    const head = `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n${type === undefined ? "" : `Content-Type: ${type}\r\n`}\r\n`;
    parts.push(encoder.encode(head), content, encoder.encode("\r\n"));
  };
  const quoted = (text: string) => `"${text.replace(/["\r\n]/g, (each) => encodeURIComponent(each))}"`;
  const form = tableOf(options.form, "form");
  for (const name of Object.keys(form).sort())
    add(`name=${quoted(name)}`, undefined, bytesOf(form[name], `form.${name}`));
  if (!Array.isArray(options.files)) throw new Error("files must be a list");
  for (const each of options.files) {
    const file = tableOf(each, "file");
    const name = textOf(file.name, "file.name");
    const filename = file.filename === undefined ? name : textOf(file.filename, "file.filename");
    const type =
      file.content_type === undefined ? "application/octet-stream" : textOf(file.content_type, "file.content_type");
    add(`name=${quoted(name)}; filename=${quoted(filename)}`, type, bytesOf(file.content, "file.content"));
  }
  parts.push(encoder.encode(`--${boundary}--\r\n`));
  return { bytes: concatBytes(parts), type: `multipart/form-data; boundary=${boundary}` };
}

function withQuery(address: string, query: LuaValue): string {
  const added = pairs(tableOf(query, "query"));
  if (added === "") return address;
  const [before = "", fragment] = address.split("#", 2);
  const joined = `${before}${before.includes("?") ? "&" : "?"}${added}`;
  return fragment === undefined ? joined : `${joined}#${fragment}`;
}

/** Sorted by name. */
function pairs(table: Table): string {
  return Object.keys(table)
    .sort()
    .flatMap((name) => {
      const value = table[name];
      return (Array.isArray(value) ? value : [value]).map(
        (each) => `${encodeComponent(name)}=${encodeComponent(textOf(each, name))}`,
      );
    })
    .join("&");
}

/** A number is seconds. */
function timeoutOf(value: LuaValue): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && value > 0) return value * 1000;
  const parsed = typeof value === "string" ? parseDuration(value) : undefined;
  if (parsed === undefined || parsed <= 0n)
    throw new Error("timeout must be a number of seconds or a text such as 1m30s, above 0");
  return Number(parsed) / 1e6;
}

function tableOf(value: LuaValue, what: string): Table {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || value instanceof Uint8Array || (Array.isArray(value) && value.length > 0)) {
    throw new Error(`${what} must be a table`);
  }
  return Array.isArray(value) ? {} : (value as Table);
}

function textOf(value: LuaValue, what: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  throw new Error(`${what} must be a string`);
}

function bytesOf(value: LuaValue, what: string): Uint8Array {
  return value instanceof Uint8Array ? value : encoder.encode(textOf(value, what));
}
