const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** Whether a reference ends with a digest and so always means the same bytes. */
export function isByDigest(reference: string): boolean {
  return DIGEST.test(reference);
}

/**
 * Whether a reference is the id of an image on a Docker Engine, `sha256:…`, which no registry
 * knows.
 */
export function isImageId(reference: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(reference);
}

/**
 * Whether a reference ends with a tag, e.g. `registry.example:5000/web:1.2`; a port is not a tag.
 */
export function isByTag(reference: string): boolean {
  return /^[a-z0-9][a-z0-9._:/-]*:[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(reference)
    ? !reference.slice(reference.lastIndexOf(":")).includes("/")
    : false;
}

/** A reference without tag and digest. */
export function repositoryOf(reference: string): string {
  const name = reference.replace(/@.*$/, "");
  const colon = name.lastIndexOf(":");
  return colon > name.lastIndexOf("/") ? name.slice(0, colon) : name;
}

/** The digest at the end of a reference, `sha256:…`; empty if it has none. */
export function digestOf(reference: string): string {
  return DIGEST.exec(reference)?.[0].slice(1) ?? "";
}

/**
 * Whether two references name the same image: the same digest, whatever the registry, or the same
 * text.
 */
export function isSameReference(left: string, right: string): boolean {
  return left === right || (isByDigest(left) && digestOf(left) === digestOf(right));
}

/**
 * Resolves a reference by tag to `<repository as written>@sha256:…`.
 *
 * @param repoDigests - `RepoDigests` of the Docker Engine that pulled it; they omit
 *   `docker.io/library/`.
 * @returns undefined when the engine does not know a digest of that repository, e.g. for a loaded
 *   or imported image.
 */
export function resolvedReference(
  reference: string,
  repoDigests: readonly string[],
): string | undefined {
  const repository = repositoryOf(reference);
  const wanted = shortName(repository);
  const found = repoDigests.find((candidate) => shortName(repositoryOf(candidate)) === wanted);
  return found === undefined ? undefined : `${repository}@${digestOf(found)}`;
}

/** A name in the Docker Engine's notation. */
function shortName(repository: string): string {
  const path = repository.replace(/^(index\.)?docker\.io\//, "");
  return path === repository || path.startsWith("library/") ? path.replace(/^library\//, "") : path;
}
