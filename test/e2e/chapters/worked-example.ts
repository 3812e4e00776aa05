import type { StageUnderTest } from "../stage-under-test";
import { docker } from "../test-stage";
import { browserSession } from "../worked-example/browser-session";
import { loginLoad, type LoginLoadResult } from "../worked-example/login-load";

/** The worked example as a person meets it: a real browser, logins without end, and the loss of the servers under them. */
export function workedExample(site: StageUnderTest): void {
  const kill = (service: string): void => {
    const [index] = site.hostsOf(service);
    if (index === undefined) throw new Error(`${service} runs nowhere.`);
    docker("kill", site.host(index));
  };

  describe("the worked example", () => {
    let load: Promise<LoginLoadResult> | undefined;

    it("lets a person in who is in the directory, and keeps the person in when ldap's and am's servers are killed", async () => {
      const { addresses, networkName: network } = site;
      await browserSession({
        addresses,
        network,
        blows: [
          {
            name: "ldap-killed",
            strike: async () => {
              load = loginLoad({ addresses, seconds: 60, perSecond: 1 });
              await new Promise((resolve) => setTimeout(resolve, 5000));
              kill("ldap");
            },
          },
          {
            name: "am-killed",
            strike: async () => {
              // Of three managers one may be away: the first one has to be back.
              await load;
              await site.up();
              kill("am");
            },
          },
        ],
      });
      await site.up();
      expect(await site.changesOf("preview")).toBe("");
    });

    it("lets other people log in all the while, but for the time that the directory needs to move", async () => {
      const result = await load;
      if (result === undefined) throw new Error("No load was run.");
      const { ok, failed, firstFailure = 0, lastFailure = 0 } = result;
      console.log(
        `Logins while ldap's server was killed: ${ok} succeeded, ${failed} failed, ` +
          `between ${firstFailure} and ${lastFailure} s after the load's beginning.`,
      );
      expect(ok).toBeGreaterThan(20);
      // Where the Swarm's leader was killed, an election (10 to 20 s a round) comes before the move.
      expect(lastFailure - firstFailure).toBeLessThan(45);
    });
  });
}
