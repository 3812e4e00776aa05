import { existsSync } from "node:fs";
import { missingIpvsOnServers } from "../../../cli/ipvs";
import { planStack } from "../../../model/plan-site";
import { defineSite } from "../../../model/site";
import { generateOpenSshKeyPair } from "../../../providers/ssh-key-pair/openssh-key";
import { type Lab, startLab } from "../lab";

jest.setTimeout(120_000);

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ servers: 1, prefix: "kernel" });
});
afterAll(() => lab.destroy());

/** Three servers that exist; the first is the lab's, and nobody has the addresses of the others. */
function planOf(endpointMode: "vip" | "dnsrr", firstKey = lab.hosts[0]?.hostKey ?? "") {
  const nobody = (name: string) => generateOpenSshKeyPair(name).publicKey;
  const server = (address: string, hostKey: string) => ({ address, hostKey, user: "hive" });
  return planStack({
    stackName: "staging",
    config: {
      "hive:fleet": "prepared",
      "hive:cidr": lab.cidr,
      "hive:operators": JSON.stringify([{ name: "anna", publicKey: nobody("anna") }]),
      "hive:prepared": JSON.stringify({
        hosts: {
          hive0: server(lab.address(0), firstKey),
          hive1: server(lab.address(0).replace(/\d+$/, "201"), nobody("hive1")),
          hive2: server(lab.address(0).replace(/\d+$/, "202"), nobody("hive2")),
          hive3: server(lab.address(0).replace(/\d+$/, "203"), nobody("hive3")),
        },
      }),
    },
    site: defineSite({
      name: "hive.example",
      networks: { back: {} },
      services: {
        web: { image: `debian@sha256:${"a".repeat(64)}`, networks: ["back"], endpointMode },
      },
    }),
    building: true,
  });
}

test("servers are asked for IPVS before their first contact", async () => {
  const answer = await missingIpvsOnServers(planOf("vip"), []);
  if (existsSync("/proc/net/ip_vs")) expect(answer).toBeUndefined();
  else expect(answer).toContain("No client can connect to web by a virtual address");
});

test("nobody is asked when no service needs it, and nothing is said when nobody answers", async () => {
  expect(await missingIpvsOnServers(planOf("dnsrr"), [])).toBeUndefined();
  const another = generateOpenSshKeyPair("another").publicKey;
  expect(await missingIpvsOnServers(planOf("vip", another), [])).toBeUndefined();
});
