/**
 * The images that a Dockerfile starts from (FROM), each once, that a registry may have in a newer
 * form: without its own stages, `scratch`, what is named by digest, and what a build argument
 * names.
 */
export function baseReferences(dockerfile: string): readonly string[] {
  const froms = [
    ...dockerfile.matchAll(/^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)(?:[ \t]+AS[ \t]+(\S+))?/gim),
  ];
  const stages = new Set(froms.flatMap(([, , name]) => name?.toLowerCase() ?? []));
  const references = froms
    .map(([, reference = ""]) => reference)
    .filter((reference) => !stages.has(reference.toLowerCase()))
    .filter((reference) => reference !== "scratch" && !/[$@]/.test(reference));
  return [...new Set(references)];
}
