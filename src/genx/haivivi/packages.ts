import aiot from "./aiot.lua?raw";
import asyncSource from "./async.lua?raw";
import auth from "./auth.lua?raw";
import http from "./http.lua?raw";
import init from "./init.lua?raw";
import pal from "./pal.lua?raw";
import resource from "./resource.lua?raw";

/** The vendor's libraries (genx.md §4), written anew. A package of the same name that the host gives comes before them. */
export const haiviviPackages: Readonly<Record<string, string>> = {
  "haivivi/aiot.lua": aiot,
  "haivivi/async.lua": asyncSource,
  "haivivi/auth.lua": auth,
  "haivivi/http.lua": http,
  "haivivi/init.lua": init,
  "haivivi/pal.lua": pal,
  "haivivi/resource.lua": resource,
};
