/**
 * What a first call never needs: installing packages, the native JSON API, luaexec, zip archives, databases from outside. The worker fetches it when it is
 * asked for (scripts/lazy-files.mjs), which keeps a cold start small.
 * @module
 */
export { exportZip, importZip } from "../vfs/archive.ts";
export { databaseRequest } from "./database-requests.ts";
export { jsonCall } from "./json-api/json-call.ts";
export { skillsRequest } from "./lifecycle.ts";
export { luaexecFromHost, luaexecFromLua } from "./luaexec.ts";
