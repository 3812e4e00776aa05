import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  webcrypto,
  X509Certificate,
} from "node:crypto";
import type * as PeculiarX509 from "@peculiar/x509";
import { nameConstraints, nameConstraintsId, type PermittedNames } from "./name-constraints";

/** A certificate and its private key, both PEM. */
export interface SignedCertificate {
  readonly certificatePem: string;
  /** PKCS #8. Secret. */
  readonly privateKeyPem: string;
  /** End of validity, ISO 8601 in UTC. */
  readonly notAfter: string;
}

/** The parts of an authority that signing needs. */
export interface Authority {
  readonly certificatePem: string;
  /** PKCS #8. Secret. */
  readonly privateKeyPem: string;
}

/** ECDSA on P-256 with SHA-256: every TLS client of this decade accepts it, and keys are short. */
const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE_ALGORITHM = { name: "ECDSA", hash: "SHA-256" };
const DAY = 86_400_000;
/** A certificate is valid from some time before its creation, for hosts whose clock is behind. */
const BACKDATE = 300_000;

/**
 * Makes a self-signed certificate of an authority that may sign servers of certain names only, and
 * no other authorities (path length 0).
 *
 * @param permitted - the names; clients refuse every other one, whoever has the key
 * @param privateKeyPem - the key of an earlier certificate, so that certificates it signed stay
 *   valid. Default: a new key.
 */
export async function createAuthority(
  commonName: string,
  validityDays: number,
  permitted: PermittedNames,
  privateKeyPem?: string,
): Promise<SignedCertificate> {
  const x509 = loadX509();
  const key = privateKeyPem ?? generatePrivateKey();
  const pair = await importKeyPair(key);
  const notBefore = new Date(wholeSeconds(Date.now()) - BACKDATE);
  const notAfter = new Date(wholeSeconds(Date.now()) + validityDays * DAY);
  const { digitalSignature, keyCertSign, cRLSign } = x509.KeyUsageFlags;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: randomSerial(),
      name: [{ CN: [commonName] }],
      notBefore,
      notAfter,
      keys: pair,
      signingAlgorithm: SIGNATURE_ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(digitalSignature | keyCertSign | cRLSign, true),
        // Critical: who does not know the extension must not trust the authority at all.
        new x509.Extension(nameConstraintsId, true, nameConstraints(permitted)),
        await x509.SubjectKeyIdentifierExtension.create(pair.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return {
    certificatePem: `${certificate.toString("pem")}\n`,
    privateKeyPem: key,
    notAfter: notAfter.toISOString(),
  };
}

/** The contents of a server certificate. */
export interface ServerNames {
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/**
 * Makes a server certificate signed by the authority. It never outlives the authority.
 *
 * @param privateKeyPem - the server's present key. Default: a new key.
 */
export async function signCertificate(
  authority: Authority,
  names: ServerNames,
  validityDays: number,
  privateKeyPem?: string,
): Promise<SignedCertificate> {
  const x509 = loadX509();
  const key = privateKeyPem ?? generatePrivateKey();
  const pair = await importKeyPair(key);
  const issuerKeys = await importKeyPair(authority.privateKeyPem);
  const issuer = new x509.X509Certificate(authority.certificatePem);
  const notBefore = new Date(wholeSeconds(Date.now()) - BACKDATE);
  const wanted = wholeSeconds(Date.now()) + validityDays * DAY;
  const notAfter = new Date(Math.min(wanted, issuer.notAfter.getTime()));
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: randomSerial(),
      subject: [{ CN: [names.commonName] }],
      issuer: issuer.subjectName,
      notBefore,
      notAfter,
      publicKey: pair.publicKey,
      signingKey: issuerKeys.privateKey,
      signingAlgorithm: SIGNATURE_ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          ...names.dnsNames.map((value) => ({ type: "dns" as const, value })),
          ...names.ipAddresses.map((value) => ({ type: "ip" as const, value })),
        ]),
        await x509.SubjectKeyIdentifierExtension.create(pair.publicKey, false, webcrypto),
        await x509.AuthorityKeyIdentifierExtension.create(issuerKeys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return {
    certificatePem: `${certificate.toString("pem")}\n`,
    privateKeyPem: key,
    notAfter: notAfter.toISOString(),
  };
}

/** SHA-256 of the certificate as `openssl x509 -fingerprint -sha256` prints it. */
export function certificateFingerprint(certificatePem: string): string {
  const digest = createHash("sha256").update(new X509Certificate(certificatePem).raw).digest("hex");
  return (digest.toUpperCase().match(/../g) ?? []).join(":");
}

/**
 * Whether a certificate must be renewed because its end is near.
 *
 * @param limit - the end of the authority: a certificate that already lasts until then cannot be
 *   made to last longer.
 */
export function isRenewalDue(notAfter: string, renewBeforeDays: number, limit?: string): boolean {
  const end = Date.parse(notAfter);
  if (limit !== undefined && end >= Date.parse(limit)) return false;
  return end - Date.now() < renewBeforeDays * DAY;
}

/** End of validity of a certificate, ISO 8601 in UTC. */
export function endOfValidity(certificatePem: string): string {
  return new Date(new X509Certificate(certificatePem).validTo).toISOString();
}

/** A new key, PKCS #8 in PEM. */
function generatePrivateKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/**
 * The key pair that belongs to a private key, for WebCrypto. @throws Error without the key's text.
 */
async function importKeyPair(privateKeyPem: string): Promise<webcrypto.CryptoKeyPair> {
  let privateDer: Buffer;
  let publicDer: Buffer;
  try {
    const key = createPrivateKey(privateKeyPem);
    privateDer = key.export({ type: "pkcs8", format: "der" });
    publicDer = createPublicKey(key).export({ type: "spki", format: "der" });
  } catch {
    // Without a cause: no part of the key may get into an error.
    throw new Error("The private key is not a readable PEM key (PKCS #8).");
  }
  const { subtle } = webcrypto;
  return {
    privateKey: await subtle.importKey("pkcs8", privateDer, KEY_ALGORITHM, true, ["sign"]),
    publicKey: await subtle.importKey("spki", publicDer, KEY_ALGORITHM, true, ["verify"]),
  };
}

/**
 * 127 random bits in hex; the first bit is 0, so that the number is positive, and the second 1, so
 * that none is short.
 */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString("hex");
}

/** Certificates know whole seconds only. */
function wholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}

/** The library; it needs reflect-metadata to be loaded first. */
function loadX509(): typeof PeculiarX509 {
  require("reflect-metadata");
  return require("@peculiar/x509") as typeof PeculiarX509;
}
