import { type Agent, type AgentStep, agentStep } from "./agent";

/** Keeps the node labels by which services run together (`platform/agents/colocation`). */
const colocation: Agent = {
  name: "colocation",
  sources: ["colocation.py", "decision.py"],
  program: "colocation.py",
  description: "Keeps services of the Swarm together that run on one server",
  check: "the agent that keeps services together runs",
};

/** The part of a cluster host's converge step that keeps the agent for `placement.with`. */
export function colocationAgent(): AgentStep {
  return agentStep(colocation);
}
