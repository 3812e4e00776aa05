import { endpointUrl } from "../../../../model/network/endpoint-url";
import type { PortPlan } from "../../../../model/plan";
import { planPorts, ports } from "../../../../model/service/ports";
import { toEngineSpec } from "../../../../model/service/to-engine";
import { serviceSpec } from "../service-specs";

const around = { mode: { kind: "global" }, endpointMode: "dnsrr" } as const;
const planned = (...written: Parameters<typeof planPorts>[1]): readonly PortPlan[] =>
  planPorts("web", written, around);
const url = (port: PortPlan | undefined): string =>
  port === undefined ? "" : endpointUrl(port, { address: "172.29.16.4", port: port.published });

describe("what a port speaks", () => {
  test.each([
    ["8080", "tcp://172.29.16.4:8080"],
    ["8080/http", "http://172.29.16.4:8080/"],
    ["8443:443/https", "https://172.29.16.4:8443/"],
    ["53/udp", "udp://172.29.16.4:53"],
    ["80", "http://172.29.16.4/"],
    ["443", "https://172.29.16.4/"],
    ["80/http", "http://172.29.16.4/"],
    ["80/https", "https://172.29.16.4:80/"],
    ["443/http", "http://172.29.16.4:443/"],
    ["80/udp", "udp://172.29.16.4:80"],
  ] as const)("the port %s is reached at %s", (text, expected) => {
    expect(url(planned(text)[0])).toBe(expected);
  });

  test("a port of this computer that is forwarded has the scheme of the server's port", () => {
    const [port] = planned("80");
    expect(port && endpointUrl(port, { address: "127.0.0.1", port: 20080 })).toBe(
      "http://127.0.0.1:20080/",
    );
  });

  test("is nothing for the Swarm: the service is the same as with tcp", () => {
    const speaking = planned({ target: 8080, published: "auto", protocol: "http" });
    const plain = planned({ target: 8080, published: "auto" });
    expect(speaking).toEqual(plain.map((port) => ({ ...port, speaks: "http" })));
    const normal = ports.normalize({ ports: speaking, endpointMode: "dnsrr" });
    expect(normal.ports).toEqual(plain);
    expect(toEngineSpec(serviceSpec({ ports: speaking })).EndpointSpec?.Ports).toEqual([
      expect.objectContaining({ Protocol: "tcp", TargetPort: 8080 }),
    ]);
  });
});
