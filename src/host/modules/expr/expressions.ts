/**
 * What evaluates expressions lies in one lazy file.
 * @module
 */
export { templateModule, templatesModule } from "../template/template.ts";
export { exprModule } from "./expr.ts";
