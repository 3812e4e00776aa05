/** Something that a manifest points to: an OCI image-spec "descriptor". */
export interface Descriptor {
  /** `sha256:…` */
  readonly digest: string;
  readonly size: number;
}

/** The other objects that a manifest needs. */
export interface ManifestContent {
  readonly mediaType: string;
  /** Manifests that it lists; empty except for an index (manifest list). */
  readonly manifests: readonly Descriptor[];
  /** Configuration and layers, each once. */
  readonly blobs: readonly Descriptor[];
}

/** Media types of manifests that hive can copy: Docker's and OCI's. */
export const manifestMediaTypes = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
] as const;

/** Whether a text is a digest of the kind that registries use for hive's images. */
export function isDigest(text: unknown): text is string {
  return typeof text === "string" && /^sha256:[0-9a-f]{64}$/.test(text);
}

/**
 * Reads a manifest.
 *
 * @param text as the registry has it
 * @param contentType from the registry's answer; it decides if the manifest does not name its own
 *   type, which OCI allows
 * @throws Error that says what is wrong with it
 */
export function parseManifest(text: string, contentType: string): ManifestContent {
  const manifest = objectIn(text);
  const told = manifest["mediaType"];
  const mediaType = typeof told === "string" ? told : (contentType.split(";")[0] ?? "").trim();
  if (!(manifestMediaTypes as readonly string[]).includes(mediaType))
    throw new Error(
      `its media type is '${mediaType}', but hive can copy only Docker's manifests of version 2 and OCI's`,
    );
  if (/index|list/.test(mediaType))
    return { mediaType, manifests: descriptors(manifest["manifests"], "manifests"), blobs: [] };
  const layers = listIn(manifest["layers"], "layers").filter((layer) => !isForeign(layer));
  return {
    mediaType,
    manifests: [],
    blobs: descriptors([manifest["config"], ...layers], "config and layers"),
  };
}

/**
 * Layers that registries do not store, because their licence forbids it: Docker Engines fetch them
 * from the vendor's URL.
 */
function isForeign(layer: unknown): boolean {
  const type = (layer as { mediaType?: unknown } | null)?.mediaType;
  return typeof type === "string" && /\.foreign\.|\.nondistributable\./.test(type);
}

function objectIn(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("it is not JSON");
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new Error("it is not a JSON object");
}

function listIn(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`its ${where} are not a list`);
}

function descriptors(value: unknown, where: string): readonly Descriptor[] {
  const found = new Map<string, Descriptor>();
  for (const entry of listIn(value, where)) {
    const { digest, size } = (entry ?? {}) as { digest?: unknown; size?: unknown };
    if (!isDigest(digest))
      throw new Error(`its ${where} contain an entry without a SHA-256 digest`);
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0)
      throw new Error(`its ${where} contain ${digest} without a size`);
    found.set(digest, { digest, size });
  }
  return [...found.values()];
}
