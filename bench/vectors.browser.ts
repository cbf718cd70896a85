import type { BenchFile } from "./harness/harness.ts";
import { vectorBenches } from "./vectors/cases.ts";

export const benches: BenchFile["benches"] = async () => ({ list: vectorBenches() });
