/**
 * Where a Docker Engine looks for the authority that signed a registry's certificate; read anew
 * with every connection.
 *
 * @param registry address with port
 */
export function registryAuthorityFile(registry: string): string {
  return `/etc/docker/certs.d/${registry}/ca.crt`;
}
