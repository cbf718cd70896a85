/**
 * Labels of the default text encoding (spec engine.md §1.8, vulcan-api.md §7.2).
 * @module
 */

const labels: Readonly<Record<string, readonly string[]>> = {
  "utf-8": ["utf-8", "utf8"],
  system: ["system", "ansi", "acp"],
  oem: ["oem", "console"],
  gbk: ["gbk", "cp936", "windows-936"],
  gb18030: ["gb18030"],
  latin1: ["latin1", "latin-1", "iso-8859-1"],
  base64: ["bytes", "base64"],
};

/** The canonical label; UTF-8 when blank or missing; undefined when unknown. */
export function textEncodingLabel(label: string | undefined): string | undefined {
  const wanted = (label ?? "").trim().toLowerCase();
  if (wanted === "") return "utf-8";
  return Object.keys(labels).find((canonical) => labels[canonical]?.includes(wanted));
}
