/** What to do when an image by reference cannot be pulled. Pure. */
import { registryOf } from "./reference";

/**
 * The registry, or the service that gives out its tokens, does not answer. An SSH server also says
 * "connection refused", but without the word before it.
 */
const noAnswer =
  /no such host|i\/o timeout|connect: connection refused|dial tcp|TLS handshake timeout|Client\.Timeout/i;
/** It answers that there is no such image; of a private one, many registries say the same. */
const noImage =
  /manifest unknown|manifest for .* not found|name unknown|repository does not exist|(?<!permission )\bdenied\b|unauthorized|HTTP code 404|404 Not Found/i;

/**
 * The remedy for an image that no server could pull; undefined when the reason is another one.
 *
 * @param reference - as the site says it
 * @param reason - the Docker Engine's words
 */
export function pullRemedy(reference: string, reason: string): string | undefined {
  if (noAnswer.test(reason)) {
    return `The servers cannot reach ${registryOf(reference)}: check their internet access and the name, or build the image under site/images.`;
  }
  if (noImage.test(reason)) {
    return `No such image or tag, or it is private: check the reference ${reference} in site/.`;
  }
  return undefined;
}
