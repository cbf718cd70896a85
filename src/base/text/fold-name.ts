/**
 * Names that some file system takes for one have one fold: either case, composed and decomposed, `ß` and `ss`, `ſ` and `s`. Upper
 * case first: what it tells apart no file system holds equal.
 */
export function foldName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
  if (/^[\x00-\x7f]*$/.test(name)) return name.toLowerCase();
  return name.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
}
