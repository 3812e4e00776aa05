import { X509Certificate } from "node:crypto";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:tls";
import { certificateAuthorityProvider } from "../../providers/certificate/authority-provider";
import { certificateProvider } from "../../providers/certificate/provider";
import {
  type Properties,
  type ProviderServer,
  startProviderServer,
  unknownValue,
} from "./provider-server";
import { serializeProvider } from "./serialized-provider";

// The start of the server takes seconds on a busy computer.
jest.setTimeout(60_000);

let authorityText: string;
let text: string;
let server: ProviderServer;
let authority: { id: string; outs: Properties };

const authorityInputs = {
  commonName: "hive.example authority",
  permittedDomains: ["hive.example"],
  permittedNetworks: ["172.29.16.0/24"],
  version: 1,
  validityDays: 3650,
  renewBeforeDays: 730,
  revision: 1,
};
const inputs = () => ({
  authorityCertificatePem: String(authority.outs["certificatePem"]),
  authorityPrivateKeyPem: String(authority.outs["privateKeyPem"]),
  commonName: "registry.hive.example",
  dnsNames: ["registry.hive.example"],
  ipAddresses: ["172.29.16.13"],
  version: 1,
  validityDays: 397,
  renewBeforeDays: 120,
  revision: 1,
});
/** Inputs of a certificate that this authority signs. */
const signedBy = (outs: Properties) => ({
  authorityCertificatePem: String(outs["certificatePem"]),
  authorityPrivateKeyPem: String(outs["privateKeyPem"]),
});
/** Properties as a release had them that did not know these. */
const without = (properties: Properties, ...names: string[]): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));
const certificateOf = (outs: Properties): X509Certificate =>
  new X509Certificate(String(outs["certificatePem"]));
const daysLeft = (outs: Properties): number =>
  (Date.parse(String(outs["notAfter"])) - Date.now()) / 86_400_000;

/**
 * What a TLS client says that trusts these authorities and finds this certificate at the name:
 * `accepted`, or its error.
 */
async function verdict(trusted: string, outs: Properties, name: string): Promise<string> {
  const listener = createServer(
    { cert: String(outs["certificatePem"]), key: String(outs["privateKeyPem"]) },
    (socket) => socket.on("error", () => {}).end(),
  );
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  try {
    return await new Promise<string>((resolve) => {
      const socket = connect({ host: "127.0.0.1", port, servername: name, ca: trusted });
      socket.once("secureConnect", () => resolve("accepted"));
      socket.once("error", (error: Error) => resolve(error.message));
      socket.once("close", () => resolve("closed"));
    });
  } finally {
    await new Promise((resolve) => listener.close(resolve));
  }
}

beforeAll(async () => {
  authorityText = (await serializeProvider(certificateAuthorityProvider, 24 * 1024)).text;
  text = (await serializeProvider(certificateProvider, 24 * 1024)).text;
  server = await startProviderServer();
  authority = await server.create(authorityText, authorityInputs);
});
afterAll(() => server.stop());

describe("CertificateAuthority on the real provider server", () => {
  test("nothing changes without a reason, and a refresh sees the same", async () => {
    const { id, outs } = authority;
    expect((await server.diff(authorityText, id, outs, authorityInputs)).changes).toBe(false);
    expect(await server.read(authorityText, id, outs)).toEqual({
      id,
      props: outs,
      inputs: authorityInputs,
    });
  });

  test("its certificates for the site's names are accepted, one for a foreign name is refused", async () => {
    const trusted = String(authority.outs["certificatePem"]);
    const at = async (dnsNames: string[], ipAddresses: string[]): Promise<string> => {
      const { outs } = await server.create(text, { ...inputs(), dnsNames, ipAddresses });
      return verdict(trusted, outs, dnsNames[0] ?? "registry.hive.example");
    };
    expect(await at(["registry.hive.example"], ["172.29.16.13"])).toBe("accepted");
    expect(await at(["hive.example"], [])).toBe("accepted");
    expect(await at(["www.bank.example"], [])).toBe("permitted subtree violation");
    expect(await at(["nothive.example"], [])).toBe("permitted subtree violation");
    expect(await at(["registry.hive.example", "www.bank.example"], [])).toBe(
      "permitted subtree violation",
    );
    expect(await at(["registry.hive.example"], ["172.29.17.13"])).toBe(
      "permitted subtree violation",
    );
    expect(await at(["registry.hive.example"], ["fd00::7"])).toBe("permitted subtree violation");
  });

  test("one of an earlier release, for every name, is made anew with the same key", async () => {
    const { id, outs } = authority;
    const news = ["permittedDomains", "permittedNetworks", "version", "formerCertificatePem"];
    const state = without(outs, ...news);
    expect(await server.diff(authorityText, id, state, authorityInputs)).toMatchObject({
      changes: true,
      replaces: [],
    });
    const after = await server.update(authorityText, id, state, authorityInputs);
    expect(after["privateKeyPem"]).toBe(outs["privateKeyPem"]);
    expect(after["certificatePem"]).not.toBe(outs["certificatePem"]);
    expect(after["formerCertificatePem"]).toBe("");
    // Nothing breaks while hosts have the one and the registry has a certificate by the other.
    const before = await server.create(text, inputs());
    const renewed = await server.create(text, { ...inputs(), ...signedBy(after) });
    const name = "registry.hive.example";
    expect(await verdict(String(after["certificatePem"]), before.outs, name)).toBe("accepted");
    expect(await verdict(String(outs["certificatePem"]), renewed.outs, name)).toBe("accepted");
  });

  test("another version is another key, beside which the former counts until the next one", async () => {
    const { id, outs: first } = authority;
    const second = { ...authorityInputs, version: 2 };
    expect(await server.diff(authorityText, id, first, second)).toMatchObject({
      changes: true,
      replaces: [],
    });
    const two = await server.update(authorityText, id, first, second);
    expect(two["privateKeyPem"]).not.toBe(first["privateKeyPem"]);
    expect(two["formerCertificatePem"]).toBe(first["certificatePem"]);
    expect((await server.diff(authorityText, id, two, second)).changes).toBe(false);
    // A renewal with the same key is no new version: the former one stays.
    const soon = { ...two, notAfter: new Date(Date.now() + 86_400_000).toISOString() };
    const renewed = await server.update(authorityText, id, soon, second);
    expect(renewed["privateKeyPem"]).toBe(two["privateKeyPem"]);
    expect(renewed["formerCertificatePem"]).toBe(first["certificatePem"]);

    const three = await server.update(authorityText, id, renewed, { ...second, version: 3 });
    expect(three["formerCertificatePem"]).toBe(renewed["certificatePem"]);

    const trustIn = (outs: Properties): string =>
      String(outs["certificatePem"]) + String(outs["formerCertificatePem"]);
    const name = "registry.hive.example";
    const ofFirst = (await server.create(text, inputs())).outs;
    const ofSecond = (await server.create(text, { ...inputs(), ...signedBy(two) })).outs;
    expect(await verdict(trustIn(two), ofFirst, name)).toBe("accepted");
    expect(await verdict(trustIn(two), ofSecond, name)).toBe("accepted");
    expect(await verdict(trustIn(first), ofSecond, name)).not.toBe("accepted");
    expect(await verdict(trustIn(three), ofSecond, name)).toBe("accepted");
    expect(await verdict(trustIn(three), ofFirst, name)).not.toBe("accepted");
  });

  test("a smaller version is refused: its key no longer exists", async () => {
    const news = { ...authorityInputs, version: 2 };
    const { failures } = await server.check(authorityText, news, { ...news, version: 3 });
    expect(failures.map(({ reason }) => reason)).toEqual([
      "version: 2 is less than 3, the present one, and its key no longer exists; " +
        "write hive:keyVersion: 3 to keep the present keys, or 4 for new ones",
    ]);
    expect((await server.check(authorityText, news, { ...news, version: 1 })).failures).toEqual([]);
  });

  test("permitted names that would permit more than they say are refused", async () => {
    const failuresOf = async (changes: Properties): Promise<string[]> =>
      (await server.check(authorityText, { ...authorityInputs, ...changes })).failures.map(
        ({ reason }) => reason,
      );
    expect(await failuresOf({ permittedDomains: [], permittedNetworks: [] })).toEqual([
      "permittedDomains: is empty, which would permit every name: give at least one",
      "permittedNetworks: is empty, which would permit every name: give at least one",
    ]);
    expect(
      await failuresOf({ permittedDomains: [".x", ""], permittedNetworks: ["10.0.0.1/8"] }),
    ).toEqual([
      'permittedDomains: ".x" is not a domain name',
      'permittedDomains: "" is not a domain name',
      'permittedNetworks: "10.0.0.1/8" has host bits set: 10.0.0.1 is an address inside a /8 network, not its first one; write 10.0.0.0/8',
    ]);
  });

  test("another name is another authority", async () => {
    const renamed = { ...authorityInputs, commonName: "other" };
    const { changes, replaces } = await server.diff(
      authorityText,
      authority.id,
      authority.outs,
      renamed,
    );
    expect({ changes, replaces }).toEqual({ changes: true, replaces: ["commonName"] });
  });

  test("near its end it is renewed with the same key", async () => {
    const soon = { ...authority.outs, notAfter: new Date(Date.now() + 86_400_000).toISOString() };
    expect((await server.diff(authorityText, authority.id, soon, authorityInputs)).changes).toBe(
      true,
    );
    const renewed = await server.update(authorityText, authority.id, soon, authorityInputs);
    expect(renewed["privateKeyPem"]).toBe(authority.outs["privateKeyPem"]);
    expect(daysLeft(renewed)).toBeGreaterThan(3649);
  });

  test("a new revision alone changes nothing of it", async () => {
    const bumped = { ...authorityInputs, revision: 2 };
    expect((await server.diff(authorityText, authority.id, authority.outs, bumped)).changes).toBe(
      true,
    );
    expect(await server.update(authorityText, authority.id, authority.outs, bumped)).toEqual({
      ...authority.outs,
      revision: 2,
    });
  });
});

describe("Certificate on the real provider server", () => {
  test("it is signed by the authority for its names, and never changes by itself", async () => {
    const { id, outs } = await server.create(text, inputs());
    const certificate = certificateOf(outs);
    expect(certificate.checkIssued(certificateOf(authority.outs))).toBe(true);
    expect(certificate.verify(certificateOf(authority.outs).publicKey)).toBe(true);
    expect(certificate.checkHost("registry.hive.example")).toBe("registry.hive.example");
    expect(certificate.checkIP("172.29.16.13")).toBe("172.29.16.13");
    expect((await server.diff(text, id, outs, inputs())).changes).toBe(false);
    expect((await server.read(text, id, outs)).inputs).toEqual(inputs());
    await server.delete(text, id, outs);
  });

  test("other names make a new certificate with the same key", async () => {
    const { id, outs } = await server.create(text, inputs());
    const wanted = { ...inputs(), dnsNames: ["registry.hive.example", "images.hive.example"] };
    expect(await server.diff(text, id, outs, wanted)).toMatchObject({
      changes: true,
      replaces: [],
    });
    const after = await server.update(text, id, outs, wanted);
    expect(certificateOf(after).checkHost("images.hive.example")).toBe("images.hive.example");
    expect(after["privateKeyPem"]).toBe(outs["privateKeyPem"]);
  });

  test("another version is another key; a state without one stands for the first", async () => {
    const { id, outs } = await server.create(text, inputs());
    const old = without(outs, "version");
    expect((await server.diff(text, id, old, inputs())).changes).toBe(true);
    expect(await server.update(text, id, old, inputs())).toEqual(outs);
    const second = { ...inputs(), version: 2 };
    expect(await server.diff(text, id, outs, second)).toMatchObject({
      changes: true,
      replaces: [],
    });
    const after = await server.update(text, id, outs, second);
    expect(after["privateKeyPem"]).not.toBe(outs["privateKeyPem"]);
    expect((await server.diff(text, id, after, second)).changes).toBe(false);
  });

  test("inside the renewal window it is made anew", async () => {
    const short = { ...inputs(), validityDays: 100, renewBeforeDays: 30 };
    const { id, outs } = await server.create(text, short);
    const window = { ...short, renewBeforeDays: 99 };
    const late = { ...outs, notAfter: new Date(Date.now() + 98 * 86_400_000).toISOString() };
    expect((await server.diff(text, id, late, window)).changes).toBe(true);
    expect(daysLeft(await server.update(text, id, late, window))).toBeGreaterThan(99);
  });

  test("it never outlives the authority, and is then not renewed for ever", async () => {
    const brief = await server.create(authorityText, {
      ...authorityInputs,
      validityDays: 10,
      renewBeforeDays: 1,
    });
    const wanted = {
      ...inputs(),
      authorityCertificatePem: brief.outs["certificatePem"],
      authorityPrivateKeyPem: brief.outs["privateKeyPem"],
    };
    const { id, outs } = await server.create(text, wanted);
    expect(outs["notAfter"]).toBe(brief.outs["notAfter"]);
    expect((await server.diff(text, id, outs, wanted)).changes).toBe(false);
  });

  test("the authority is unknown while it is being renewed: a difference, no failure", async () => {
    const { id, outs } = await server.create(text, inputs());
    const preview = {
      ...inputs(),
      authorityCertificatePem: unknownValue,
      authorityPrivateKeyPem: unknownValue,
      dnsNames: unknownValue,
    };
    expect((await server.check(text, preview)).failures).toEqual([]);
    expect((await server.diff(text, id, outs, preview)).changes).toBe(true);
  });

  test("everything wrong is said at once, by name", async () => {
    const { failures } = await server.check(text, {
      ...inputs(),
      commonName: "x".repeat(65),
      dnsNames: ["under the hill"],
      ipAddresses: ["1.2.3"],
      validityDays: 10,
      renewBeforeDays: 10,
    });
    expect(failures.map(({ reason }) => reason)).toEqual([
      `commonName: "${"x".repeat(65)}" must have 1 to 64 printable ASCII characters`,
      'dnsNames: "under the hill" is not a DNS name',
      'ipAddresses: "1.2.3" is not an IP address',
      "renewBeforeDays: must be less than validityDays",
    ]);
  });

  test("a damaged authority key fails without showing it", async () => {
    const damaged = {
      ...inputs(),
      authorityPrivateKeyPem: "-----BEGIN PRIVATE KEY-----\nc2VjcmV0",
    };
    const failure = await server.create(text, damaged).catch((error: unknown) => error);
    expect(String(failure)).toContain("is not a readable PEM key");
    expect(String(failure) + server.log()).not.toContain("c2VjcmV0");
  });
});
