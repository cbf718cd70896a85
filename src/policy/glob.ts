/**
 * Globs over absolute paths: `**` for any run, `*` and `?` within one segment.
 * @module
 */

/** Whether the whole path matches; a glob of a directory (`/a/**`) matches the directory itself, too. */
export function compileGlob(glob: string): (path: string) => boolean {
  let source = "";
  for (let i = 0; i < glob.length; i++) {
    const char = glob.charAt(i);
    if (glob.startsWith("/**", i) && (i + 3 === glob.length || glob[i + 3] === "/")) {
      source += "(?:/.*)?";
      i += 2;
    } else if (glob.startsWith("**", i)) {
      source += ".*";
      i += 1;
    } else if (char === "*") source += "[^/]*";
    else if (char === "?") source += "[^/]";
    else source += char.replace(/[\\^$.|+()[\]{}]/g, "\\$&");
  }
  const pattern = new RegExp(`^${source}$`, "su");
  return (path) => pattern.test(path);
}
