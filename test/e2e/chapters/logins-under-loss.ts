import { hasTheComputerAlone } from "../computer";
import type { StageUnderTest } from "../stage-under-test";
import { browserSession } from "../worked-example/browser-session";
import { loginLoad, type LoginLoadResult } from "../worked-example/login-load";

/**
 * Each login is a second after the one before, so that the loss of a server strikes about one of
 * them in the middle.
 */
const logins = { seconds: 45, perSecond: 1 };
/**
 * A request waits at the gate for a service that is on its way to another server for 40 s
 * (`proxy_read_timeout`).
 */
const gateSeconds = 40;

/**
 * How many logins may fail. Lost is what was at work on the killed server in that moment: one
 * login, and on a slow computer, where each takes a second or two, up to three. The others wait
 * until the service has moved; a gate that did not wait would lose one a second. Only where the
 * move takes longer than the gate waits, after an election that went into its second round of 20 s,
 * those are lost that were begun in its first seconds; logins that waited three quarters of it show
 * that this was the reason.
 */
function mostFailed(slowest: number): number {
  return slowest > gateSeconds * 0.75 ? 15 : 3;
}

/** Logins without end in the worked example, and the loss of the servers under them. */
export function loginsUnderLoss(site: StageUnderTest): void {
  const kill = (service: string): void => {
    const [index] = site.hostsOf(service);
    if (index === undefined) throw new Error(`${service} runs nowhere.`);
    site.kill(index);
  };

  describe("people who log in", () => {
    hasTheComputerAlone();
    const loads = new Map<string, Promise<LoginLoadResult>>();
    /** People who log in while a service's server is killed. */
    const killUnderLoad = async (service: string): Promise<void> => {
      loads.set(
        service,
        loginLoad({
          addresses: site.addresses,
          ...logins,
          output: `test-output/worked-example/logins-${service}-killed.json`,
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, 5000));
      kill(service);
    };

    it("stay logged in when ldap's and am's servers are killed", async () => {
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
      "can do so while the server of %s is killed, but for those at work there in that moment",
      async (service) => {
        const result = await loads.get(service);
        if (result === undefined) throw new Error("No load was run.");
        const { begun, ok, failed, reasons, secondsOfLogin } = result;
        console.log(
          `Logins while ${service}'s server was killed: ${ok} succeeded, ${failed} failed, ` +
            `the slowest took ${secondsOfLogin.max} s.`,
        );
        expect(begun).toBe(logins.seconds * logins.perSecond);
        // With the reasons, so that they are seen where there are too many.
        expect({ failed, reasons, tooMany: failed > mostFailed(secondsOfLogin.max) }).toEqual({
          failed,
          reasons,
          tooMany: false,
        });
      },
    );
  });
}
