import type { Prelude } from "../../../lua/interface.ts";
import type { HostServices } from "../../services.ts";
import { httpFunctions } from "./http-functions.ts";
import source from "./socket.lua?raw";
import { streamsPreludes } from "./streams.ts";

/** `socket`, `socket.url`, `socket.http`, `ssl.https`; `ltn12` and `mime` come along. */
export const socketPreludes = (services: HostServices): readonly Prelude[] => [
  ...streamsPreludes(),
  { name: "=socket", source, functions: httpFunctions(services) },
];
