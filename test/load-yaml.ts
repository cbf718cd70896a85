import { loadYaml } from "../src/skills/yaml/parser.ts";

await loadYaml();
