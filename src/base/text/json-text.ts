/** JSON as people save it: editors and shells of Windows put a byte order mark in front. @throws SyntaxError */
export function parseJson(text: string): unknown {
  return JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text);
}
