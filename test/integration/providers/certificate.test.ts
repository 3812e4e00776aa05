import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, connect, type Server } from "node:tls";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificateAuthorityProvider } from "../../../providers/certificate/authority-provider";
import {
  certificateProvider,
  type CertificateState,
} from "../../../providers/certificate/provider";

const openssl = (...args: string[]): string =>
  execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

describe("certificates and OpenSSL", () => {
  let folder: string;
  let authority: { certificatePem: string; privateKeyPem: string };
  let server: CertificateState;
  const path = (name: string): string => join(folder, name);

  const authorityInputs = {
    commonName: "hive.example private authority",
    permittedDomains: ["hive.example", "localhost"],
    permittedNetworks: ["127.0.0.0/8", "172.29.16.0/24"],
    version: 1,
    validityDays: 3650,
    renewBeforeDays: 730,
    revision: 1,
  };
  const serverInputs = () => ({
    authorityCertificatePem: authority.certificatePem,
    authorityPrivateKeyPem: authority.privateKeyPem,
    commonName: "registry.hive.example",
    dnsNames: ["registry.hive.example", "localhost"],
    ipAddresses: ["127.0.0.1"],
    version: 1,
    validityDays: 397,
    renewBeforeDays: 120,
    revision: 1,
  });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "hive-certificate-"));
    authority = (await certificateAuthorityProvider.create(authorityInputs)).outs!;
    server = (await certificateProvider.create(serverInputs())).outs!;
    writeFileSync(path("ca.pem"), authority.certificatePem);
    writeFileSync(path("server.pem"), server.certificatePem);
    writeFileSync(path("server.key"), server.privateKeyPem, { mode: 0o600 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("openssl verifies the chain strictly, for a server, by name and by address", () => {
    for (const subject of [
      ["-verify_hostname", "registry.hive.example"],
      ["-verify_ip", "127.0.0.1"],
    ]) {
      const output = openssl(
        ...["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", path("ca.pem")],
        ...subject,
        path("server.pem"),
      );
      expect(output).toContain("OK");
    }
  });

  test("openssl refuses a name that the certificate does not have", () => {
    expect(() =>
      openssl(
        "verify",
        "-CAfile",
        path("ca.pem"),
        "-verify_hostname",
        "other.example",
        path("server.pem"),
      ),
    ).toThrow(/hostname mismatch/);
  });

  test("openssl refuses what the authority signs for foreign names and networks", async () => {
    expect(openssl("x509", "-in", path("ca.pem"), "-noout", "-text")).toMatch(
      /Name Constraints: critical\s+Permitted:\s+DNS:hive\.example\s+DNS:localhost\s+IP:127\.0\.0\.0\/255\.0\.0\.0\s+IP:172\.29\.16\.0\/255\.255\.255\.0\n/,
    );
    for (const [dnsName, ipAddress] of [
      ["www.bank.example", "127.0.0.1"],
      ["hive.example.bank.example", "127.0.0.1"],
      ["registry.hive.example", "172.29.17.1"],
      ["registry.hive.example", "fd00::7"],
    ] as const) {
      const { outs } = await certificateProvider.create({
        ...serverInputs(),
        dnsNames: [dnsName],
        ipAddresses: [ipAddress],
      });
      writeFileSync(path("foreign.pem"), outs!.certificatePem);
      expect(() => openssl("verify", "-CAfile", path("ca.pem"), path("foreign.pem"))).toThrow(
        /permitted subtree violation/,
      );
    }
  });

  test("the authority may sign servers but no other authorities, and the server may sign nothing", () => {
    const text = (name: string): string => openssl("x509", "-in", path(name), "-noout", "-text");
    expect(text("ca.pem")).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(text("ca.pem")).toMatch(
      /Key Usage: critical\s+Digital Signature, Certificate Sign, CRL Sign/,
    );
    expect(text("server.pem")).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
    expect(text("server.pem")).toMatch(/Extended Key Usage:\s+TLS Web Server Authentication/);
    expect(text("server.pem")).toContain("ecdsa-with-SHA256");
    const keyId = (label: string, name: string): string =>
      new RegExp(`${label}:\\s+([0-9A-F:]+)`).exec(text(name))?.[1] ?? label;
    expect(keyId("X509v3 Authority Key Identifier", "server.pem")).toBe(
      keyId("X509v3 Subject Key Identifier", "ca.pem"),
    );
  });

  test("serial numbers are positive, long and never the same", async () => {
    const again = (await certificateProvider.create(serverInputs())).outs!;
    writeFileSync(path("again.pem"), again.certificatePem);
    const serial = (name: string): string =>
      openssl("x509", "-in", path(name), "-noout", "-serial");
    expect(serial("server.pem")).toMatch(/^serial=[4-7][0-9A-F]{31}\s*$/);
    expect(serial("again.pem")).not.toBe(serial("server.pem"));
  });

  test("the key is that of the certificate, and the fingerprint is openssl's", () => {
    expect(openssl("x509", "-in", path("server.pem"), "-noout", "-pubkey")).toBe(
      openssl("pkey", "-in", path("server.key"), "-pubout"),
    );
    expect(
      openssl("x509", "-in", path("server.pem"), "-noout", "-fingerprint", "-sha256"),
    ).toContain(server.fingerprint);
  });

  test("a renewed authority has the same key, so what the old one signed is still accepted", async () => {
    const renewed = await certificateAuthorityProvider.update!(
      "id",
      {
        ...authorityInputs,
        ...authority,
        fingerprint: "",
        formerCertificatePem: "",
        notAfter: "2026-01-01T00:00:00.000Z",
      },
      authorityInputs,
    );
    expect(renewed.outs!.certificatePem).not.toBe(authority.certificatePem);
    writeFileSync(path("renewed-ca.pem"), renewed.outs!.certificatePem);
    expect(
      openssl("verify", "-x509_strict", "-CAfile", path("renewed-ca.pem"), path("server.pem")),
    ).toContain("OK");
  });

  test("a TLS client that trusts the authority gets through, one that does not is warned", async () => {
    const listener: Server = createServer(
      { cert: server.certificatePem, key: server.privateKeyPem },
      (socket) => socket.end("hello"),
    );
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const { port } = listener.address() as AddressInfo;
    const read = (ca?: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect({ host: "127.0.0.1", port, ...(ca === undefined ? {} : { ca }) });
        socket.once("data", (data: Buffer) => resolve(data.toString()));
        socket.once("error", reject);
      });
    try {
      expect(await read(authority.certificatePem)).toBe("hello");
      await expect(read()).rejects.toThrow(/unable to verify|self.signed/);
    } finally {
      await new Promise((resolve) => listener.close(resolve));
    }
  });
});
