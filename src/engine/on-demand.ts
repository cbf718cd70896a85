/**
 * What a first call never needs: installing packages, the native JSON API, luaexec, zip archives, databases from outside. The worker fetches it when it is
 * asked for (scripts/build/lazy-files/), which keeps a cold start small.
 * @module
 */
export { exportZip, importZip } from "../vfs/archive.ts";
export { helpRequest } from "./calls/lua-help.ts";
export { shellRequest } from "./calls/shell.ts";
export { databaseRequest } from "./databases/requests.ts";
export { luaexecFromHost, luaexecFromLua } from "./luaexec/luaexec.ts";
export { jsonCall } from "./native-api/json-call.ts";
export { grantRequest } from "./policy/grant-requests.ts";
export { managedRuntime } from "./runtimes/open.ts";
export { skillsRequest } from "./skills/lifecycle.ts";
export { storageRequest } from "./storage/requests.ts";
