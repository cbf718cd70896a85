import { moduleBenches } from "./modules/cases.ts";

export const benches = () => moduleBenches("dist/lua.wasm");
