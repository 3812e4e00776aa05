/**
 * Path at which a Docker Engine looks for the authority of a registry's certificate; it reads the
 * file for every connection.
 *
 * @param registry address with port
 */
export function registryAuthorityFile(registry: string): string {
  return `/etc/docker/certs.d/${registry}/ca.crt`;
}
