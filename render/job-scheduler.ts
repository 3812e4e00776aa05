import { type Agent, type AgentStep, agentStep, renderAgentUnit } from "./agent";

/** Starts scheduled jobs (`platform/agents/scheduler`). */
const scheduler: Agent = {
  name: "scheduler",
  sources: ["cron.py", "decision.py", "scheduler.py"],
  program: "scheduler.py",
  description: "Starts the scheduled jobs of the Swarm",
  check: "the agent that starts scheduled jobs runs",
};

/** The part of a cluster host's converge step that keeps the agent which starts scheduled jobs. */
export function jobScheduler(): AgentStep {
  return agentStep(scheduler);
}

/** The unit of the agent which starts scheduled jobs. */
export function renderJobSchedulerUnit(): string {
  return renderAgentUnit(scheduler);
}
