import { type Finished, TestStage } from "./test-stage";

/** A stage on AWS, of which every command of hive runs in its rehearsal. */
export class RehearsedStage extends TestStage {
  /**
   * @param name - as for a {@link TestStage}.
   * @param config - keys of the stage's file to set, without the `hive:` prefix.
   */
  constructor(
    name: string,
    config: Readonly<Record<string, unknown>>,
    stageName: "staging" | "production" = "staging",
  ) {
    super(name, config, undefined, stageName);
  }

  override get home(): string {
    return `.hive/${this.stageName}/rehearsal/home`;
  }

  protected override get prefix(): readonly string[] {
    return ["rehearse", this.stageName];
  }

  /** `hive rehearse <stage> --scenario <name>`. */
  scenario(name: string): Promise<Finished> {
    const words = ["rehearse", this.stageName, "--scenario", name];
    return this.run(process.execPath, ["cli/bin.js", ...words], { deadlineSeconds: 1200 });
  }

  /** `hive rehearse <stage> <option>`. */
  rehearsal(...option: readonly string[]): Promise<Finished> {
    return this.run(process.execPath, ["cli/bin.js", "rehearse", this.stageName, ...option], {});
  }
}
