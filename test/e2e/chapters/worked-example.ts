import { hasTheComputerAlone } from "../computer";
import type { StageUnderTest } from "../stage-under-test";
import type { Finished } from "../test-stage";
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

/**
 * The worked example as a person meets it: a real browser, logins without end, and the loss of the
 * servers under them.
 */
export function workedExample(site: StageUnderTest): void {
  const kill = (service: string): void => {
    const [index] = site.hostsOf(service);
    if (index === undefined) throw new Error(`${service} runs nowhere.`);
    site.kill(index);
  };

  describe("the worked example", () => {
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
      "lets other people log in while the server of %s is killed, but for those at work there in that moment",
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
