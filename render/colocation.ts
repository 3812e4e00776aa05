import type { Agent } from "./agent";

/**
 * The agent that maintains the node labels by which services run together
 * (`platform/agents/colocation`).
 */
export const colocation: Agent = {
  name: "colocation",
  sources: ["colocation.py", "decision.py"],
  program: "colocation.py",
  description: "Keeps services of the Swarm together that run on one server",
  check: "the agent that keeps services together runs",
};
