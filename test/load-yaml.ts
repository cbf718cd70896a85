import { loadYaml } from "../src/skills/yaml/yaml.ts";

await loadYaml();
