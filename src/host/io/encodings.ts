/**
 * The text encodings of `vulcan.io` and the process functions (vulcan-api.md §7.2).
 * @module
 */

import { Base64Error, decodeBase64, encodeBase64 } from "../../base/bytes/base64.ts";
import { charge } from "../../base/work.ts";
import { trimText } from "../arguments.ts";
import { encodeGb } from "./gb18030.ts";

type Strategy = "utf-8" | "gbk" | "gb18030" | "latin1" | "base64";

export interface TextEncoding {
  readonly strategy: Strategy;
  /** What decoded metadata reports. */
  readonly label: string;
}

export interface DecodedText {
  readonly text: string;
  readonly encoding: string;
  /** True when bytes were replaced by U+FFFD. */
  readonly lossy: boolean;
  /** The raw bytes; present when lossy or when the strategy is base64. */
  readonly base64?: string;
}

/** The message is the text that follows `<fn>: `. */
export class EncodingError extends Error {
  override readonly name = "EncodingError";
}

const labels: ReadonlyMap<string, Strategy | "system" | "oem"> = new Map([
  ["utf-8", "utf-8"],
  ["utf8", "utf-8"],
  ["system", "system"],
  ["ansi", "system"],
  ["acp", "system"],
  ["oem", "oem"],
  ["console", "oem"],
  ["gbk", "gbk"],
  ["cp936", "gbk"],
  ["windows-936", "gbk"],
  ["gb18030", "gb18030"],
  ["latin1", "latin1"],
  ["latin-1", "latin1"],
  ["iso-8859-1", "latin1"],
  ["bytes", "base64"],
  ["base64", "base64"],
]);

/** @throws EncodingError naming the label as given */
export function textEncoding(label: string, os = "linux"): TextEncoding {
  const found = labels.get(trimText(label).toLowerCase());
  if (found === undefined) throw new EncodingError(`unsupported text encoding \`${label}\``);
  if (found !== "system" && found !== "oem") return { strategy: found, label: found };
  // A Windows-shaped host here has code page 65001, which is UTF-8.
  if (os !== "windows") return { strategy: "utf-8", label: "utf-8" };
  return { strategy: "utf-8", label: found === "oem" ? "windows-oem-65001" : "windows-65001" };
}

/** The encoding used when a call names none: the host option, unless blank. @throws EncodingError */
export function defaultTextEncoding(label: string, os: string): TextEncoding {
  return textEncoding(trimText(label) === "" ? "system" : label, os);
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lossyUtf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Undefined when the bytes are not UTF-8. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

export function decodeText(bytes: Uint8Array, encoding: TextEncoding): DecodedText {
  const { label, strategy } = encoding;
  if (strategy === "base64") {
    const base64 = encodeBase64(bytes);
    return { text: base64, encoding: label, lossy: false, base64 };
  }
  if (strategy === "latin1") return { text: latin1Text(bytes), encoding: label, lossy: false };
  const name = strategy === "utf-8" ? "utf-8" : "gb18030";
  try {
    return {
      text: inPieces(bytes, new TextDecoder(name, { fatal: true, ignoreBOM: true })),
      encoding: label,
      lossy: false,
    };
  } catch {
    // By the Encoding Standard GBK decodes as GB18030; engines that keep them apart lack the four-byte half.
    const lossy = new TextDecoder(name, { ignoreBOM: true });
    return { text: inPieces(bytes, lossy), encoding: label, lossy: true, base64: encodeBase64(bytes) };
  }
}

/** As {@link decodeText}, for handing to Lua: UTF-8 that is valid stays the bytes it was. */
export function decodeForLua(bytes: Uint8Array, encoding: TextEncoding): string | Uint8Array {
  if (encoding.strategy === "utf-8") return utf8Text(bytes) === undefined ? lossyUtf8.decode(bytes) : bytes;
  return decodeText(bytes, encoding).text;
}

/** @throws EncodingError */
export function encodeText(text: string, encoding: TextEncoding): Uint8Array {
  switch (encoding.strategy) {
    case "utf-8":
      return new TextEncoder().encode(text);
    case "latin1":
      return latin1Bytes(text);
    case "base64":
      try {
        return decodeBase64(text);
      } catch (error) {
        if (error instanceof Base64Error) throw new EncodingError(`base64 decode failed: ${error.message}`);
        throw error;
      }
    default: {
      const bytes = encodeGb(text, encoding.strategy);
      if (bytes === undefined) throw new EncodingError(`${encoding.strategy} encode failed without replacement`);
      return bytes;
    }
  }
}

/** One piece decodes in some milliseconds. */
const pieceBytes = 2 ** 20;

function inPieces(bytes: Uint8Array, decoder: TextDecoder): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    charge(pieceBytes / 4);
    text += decoder.decode(bytes.subarray(at, at + pieceBytes), { stream: true });
  }
  return text + decoder.decode();
}

/** A question mark for what has no byte; a pair of surrogates is one character. */
function latin1Bytes(text: string): Uint8Array {
  const out = new Uint8Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    if ((at & 0xfff) === 0) charge(0x400);
    const code = text.codePointAt(at) ?? 0;
    if (code > 0xffff) at++;
    out[length++] = code < 256 ? code : 63;
  }
  return out.slice(0, length);
}

/** The platform's "latin1" is windows-1252, so this one is done by hand. */
function latin1Text(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x2000) {
    charge(0x800);
    text += String.fromCharCode(...bytes.subarray(i, i + 0x2000));
  }
  return text;
}
