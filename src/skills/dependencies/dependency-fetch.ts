/**
 * Getting a dependency that is not there: sources, downloads, archives. Fetched on demand itself, because most skills have
 * what they need.
 * @module
 */
export { downloadDependency } from "./dependency-download.ts";
export { resolveDependency } from "./dependency-source.ts";
