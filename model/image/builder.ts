/**
 * Chooses one of Docker Engine's two builders for an image. The classic builder is part of the
 * Engine API and needs nothing else. Images with features of BuildKit (build secrets, `RUN --mount`
 * and other options of an instruction, a frontend named by `# syntax=`) are built with the docker
 * command on the host, because BuildKit's secrets need a client session that the API offers only to
 * that command.
 */
export function needsBuildKit(dockerfile: string, secretNames: readonly string[]): boolean {
  return (
    secretNames.length > 0 ||
    /^\s*#\s*syntax\s*=/im.test(dockerfile) ||
    /^\s*RUN\s+--(mount|network|security)=/im.test(dockerfile)
  );
}
