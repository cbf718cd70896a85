/** What a name could be instead: `My Skill` → `my-skill`, `myTool` → `my-tool`; may be empty. */
export function nearestIdentifier(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
}
