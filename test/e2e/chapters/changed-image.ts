import { type StageUnderTest, statusPage } from "../stage-under-test";

export function changedImage(site: StageUnderTest): void {
  describe("a changed image", () => {
    it("is built, pushed and rolled, and every host serves it", async () => {
      const image = (): string =>
        site.onHost(
          0,
          "docker service inspect gate --format '{{.Spec.TaskTemplate.ContainerSpec.Image}}'",
        );
      const before = image();
      site.stage.edit(statusPage, "</title>", " (second edition)</title>");
      await site.up();
      expect(image()).not.toBe(before);
      await site.pages(
        (text, index) => site.namesItsHost(text, index) && text.includes("(second edition)"),
      );
    });

    it("that does not build fails with the step's own words, and the running one goes on serving", async () => {
      const dockerfile = "platform/images/gate/Dockerfile";
      site.stage.edit(
        dockerfile,
        "COPY files/ /",
        "RUN echo the-reason-is-here >&2 && false\nCOPY files/ /",
      );
      const run = await site.stage.hive(["up", "--yes"]);
      expect(run.code).not.toBe(0);
      expect(run.output).toContain("the-reason-is-here");
      await site.pages((text) => text.includes("(second edition)"), 5);
      site.stage.edit(
        dockerfile,
        "RUN echo the-reason-is-here >&2 && false\nCOPY files/ /",
        "COPY files/ /",
      );
      expect(await site.changesOf("preview")).toBe("");
    });
  });
}
