import { loadYaml } from "../src/skills/yaml.ts";

await loadYaml();
