import { LuaSkillsError } from "../../errors.ts";

/** An input led to more generations than the agent may make. */
export class MaxStepsError extends LuaSkillsError {
  constructor(agent: string, maxSteps: number) {
    super(
      "budget_exceeded",
      `agent ${agent}: more than ${maxSteps} generations for one input; raise maxSteps, or look at the tools it repeats`,
      { data: { agent, maxSteps } },
    );
  }
}
