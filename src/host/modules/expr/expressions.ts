/**
 * What evaluates expressions lies in one lazy file.
 * @module
 */
export { templateModule } from "../template/template.ts";
export { exprModule } from "./expr.ts";
