import type { Prelude } from "../../../lua/interface.ts";
import type { HostServices } from "../../services.ts";
import { httpFunctions } from "./http-functions.ts";
import source from "./lcurl.lua?raw";
import form from "./lcurl-form.lua?raw";
import names from "./lcurl-names.lua?raw";
import { streamsPreludes } from "./streams.ts";

/** `lcurl`, `cURL` and their safe forms; `mime` comes along. */
export const lcurlPreludes = (services: HostServices): readonly Prelude[] => [
  ...streamsPreludes(),
  { name: "=lcurl.names", source: names },
  { name: "=lcurl.form", source: form },
  { name: "=lcurl", source, functions: httpFunctions(services) },
];
