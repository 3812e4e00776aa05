import { join } from "node:path";
import { Failure } from "../../../cli/failure";
import { stageFilePath } from "../../../cli/project";

const before = process.env["HIVE_STAGE_FILE"];
afterEach(() => {
  if (before === undefined) delete process.env["HIVE_STAGE_FILE"];
  else process.env["HIVE_STAGE_FILE"] = before;
});

describe("the file of a stage", () => {
  it("is the project's own", () => {
    delete process.env["HIVE_STAGE_FILE"];
    expect(stageFilePath("staging", "/project")).toBe(join("/project", "Pulumi.staging.yaml"));
  });

  it("is that of its rehearsal, which knows no other stage: the real one stays out of reach", () => {
    process.env["HIVE_STAGE_FILE"] = "/rehearsal/Pulumi.staging.yaml";
    expect(stageFilePath("staging", "/project")).toBe("/rehearsal/Pulumi.staging.yaml");
    expect(() => stageFilePath("production", "/project")).toThrow(Failure);
    expect(() => stageFilePath("production", "/project")).toThrow(/not of the stage production/);
  });
});
