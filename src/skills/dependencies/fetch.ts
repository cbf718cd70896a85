/**
 * Getting a dependency that is not there: sources, downloads, archives. Fetched on demand itself, because most skills have
 * what they need.
 * @module
 */
export { downloadDependency } from "./download.ts";
export { resolveDependency } from "./source.ts";
