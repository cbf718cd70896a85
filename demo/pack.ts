import { writeSkills } from "./pack-skills.ts";

await writeSkills(process.cwd());
