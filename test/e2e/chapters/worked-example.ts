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
    const loads = new Map<string, Promise<LoginLoadResult>>();
    /** People who log in while a service's server is killed. */
    const killUnderLoad = async (service: string): Promise<void> => {
      loads.set(
        service,
        loginLoad({
          addresses: site.addresses,
          seconds: 45,
          perSecond: 1,
          output: `test-output/worked-example/logins-${service}-killed.json`,
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, 5000));
      kill(service);
    };

    it("lets a person in who is in the directory, and keeps the person in when ldap's and am's servers are killed", async () => {
      const { addresses, networkName: network } = site;
      await browserSession({
        addresses,
        network,
        blows: [
          { name: "ldap-killed", strike: () => killUnderLoad("ldap") },
          {
            name: "am-killed",
            strike: async () => {
              // Of three managers one may be away: the first one has to be back.
              await loads.get("ldap");
              await site.up();
              await killUnderLoad("am");
            },
          },
        ],
      });
      await site.up();
      expect(await site.changesOf("preview")).toBe("");
    });

    it.each(["ldap", "am"])(
      "lets other people log in while the server of %s is killed, but for the time that it needs to move",
      async (service) => {
        const result = await loads.get(service);
        if (result === undefined) throw new Error("No load was run.");
        const { begun, ok, failed, firstFailure = 0, lastFailure = 0, secondsOfLogin } = result;
        console.log(
          `Logins while ${service}'s server was killed: ${ok} succeeded, ${failed} failed, ` +
            `the slowest took ${secondsOfLogin.max} s.`,
        );
        expect(ok).toBeGreaterThan(begun / 2);
        // Where the Swarm's leader was killed, an election (10 to 20 s a round) comes before the move.
        expect(lastFailure - firstFailure).toBeLessThan(45);
      },
    );
  });
}
