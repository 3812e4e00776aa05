/**
 * The remedy for an image by reference that no server could pull; undefined when the reason is
 * another one. Pure. Many registries say of a private image that there is none.
 *
 * @param reference as the site says it
 * @param reason the Docker Engine's words
 */
export function pullRemedy(reference: string, reason: string): string | undefined {
  if (/no such host|dial tcp|i\/o timeout|handshake timeout/.test(reason))
    return `The servers do not reach its registry: check their internet access and the name ${reference}, or build the image under site/images.`;
  return /not found|not exist|unknown|unauthorized|access denied|: denied|denied: /.test(reason)
    ? `No such image or tag, or it is private: check the reference ${reference} in site/.`
    : undefined;
}
