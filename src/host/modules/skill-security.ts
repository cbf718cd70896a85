/**
 * One lazy file for two modules: `funcs` takes the actors and scopes that `security` makes, so both must know one class.
 * @module
 */
export { funcsModule } from "./funcs.ts";
export { securityModule } from "./security.ts";
