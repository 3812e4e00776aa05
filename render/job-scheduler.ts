import type { Agent } from "./agent";

/** The agent that starts scheduled jobs (`platform/agents/scheduler`). */
export const scheduler: Agent = {
  name: "scheduler",
  sources: ["cron.py", "decision.py", "scheduler.py"],
  program: "scheduler.py",
  description: "Starts the scheduled jobs of the Swarm",
  check: "the agent that starts scheduled jobs runs",
};
