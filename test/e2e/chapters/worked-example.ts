import type { StageUnderTest } from "../stage-under-test";
import type { Finished } from "../test-stage";
import { browserSession } from "../worked-example/browser-session";

/** The worked example as a person meets it, in a real browser. */
export function workedExample(site: StageUnderTest): void {
  describe("the worked example", () => {
    it("has nobody but the gate who can tell the portal a name: its neighbours do not even reach it", async () => {
      const { stage } = site;
      // Says how far it got; bash itself connects, since the image has no client for HTTP.
      const forge = [
        "exec 3<> /dev/tcp/$1/80 || exit 7",
        "printf 'GET / HTTP/1.0\\r\\nX-Remote-User: queen\\r\\n\\r\\n' >&3",
        "cat <&3",
      ].join("\n");
      const ask = (from: string, target: string): Promise<Finished> =>
        stage.hive(["exec", from, "--", "timeout", "5", "bash", "-c", forge, "forge", target], {
          deadlineSeconds: 60,
        });
      // Not by address: a task's packets to a network that it is not on would leave the stage.
      for (const from of ["ldap", "am"]) {
        for (const target of ["portal", "tasks.portal"]) {
          const { code, output } = await ask(from, target);
          // Not found.
          expect({ from, target, reached: code === 0, text: output.includes("queen") }).toEqual({
            from,
            target,
            reached: false,
            text: false,
          });
        }
      }
      // The same from the gate reaches it, so the above proves something.
      const { code, output } = await ask("gate", "tasks.portal");
      expect([code, output]).toEqual([0, expect.stringContaining("queen")]);
      // The gate has no way to the directory, and the directory none to the gate.
      const open = (from: string, target: string): Promise<Finished> =>
        stage.hive(
          ["exec", from, "--", "timeout", "5", "bash", "-c", `exec 3<> /dev/tcp/${target}`],
          { deadlineSeconds: 60 },
        );
      expect((await open("gate", "tasks.ldap/389")).code).not.toBe(0);
      expect((await open("ldap", "tasks.gate/80")).code).not.toBe(0);
      expect((await open("am", "tasks.ldap/389")).code).toBe(0);
    });

    it("lets a person in who is in the directory", async () => {
      const { addresses, networkName: network } = site;
      await browserSession({ addresses, network });
    });
  });
}
