import { phases, phasesTakenBack, phasesThrough } from "../../../model/phases";

describe("a run that stops after a phase", () => {
  it("goes through that phase and all before it", () => {
    expect(phasesThrough("build-images")).toEqual(["build-infra", "setup-hosts", "build-images"]);
    expect(phasesThrough("initialize-services")).toEqual(phases);
  });

  it("takes back what the stack has reached beyond it, and only that", () => {
    expect(phasesTakenBack(phases, phasesThrough("build-volumes"))).toEqual([
      "deploy-services",
      "initialize-services",
    ]);
    expect(phasesTakenBack(phasesThrough("setup-hosts"), phasesThrough("setup-hosts"))).toEqual([]);
    expect(phasesTakenBack([], phasesThrough("build-infra"))).toEqual([]);
  });
});
