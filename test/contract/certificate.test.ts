import { X509Certificate } from "node:crypto";
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
  validityDays: 397,
  renewBeforeDays: 120,
  revision: 1,
});
const certificateOf = (outs: Properties): X509Certificate =>
  new X509Certificate(String(outs["certificatePem"]));
const daysLeft = (outs: Properties): number =>
  (Date.parse(String(outs["notAfter"])) - Date.now()) / 86_400_000;

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
