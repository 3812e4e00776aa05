/**
 * Which of the engine's two builders makes an image. The classic one is reached through the Engine
 * API and needs nothing else; what only BuildKit understands (build secrets, `RUN --mount` and
 * other options of an instruction, a frontend named by `# syntax=`) is built with the docker
 * command on the host, because BuildKit's secrets need a client session that the API only offers to
 * it.
 */
export function needsBuildKit(dockerfile: string, secretNames: readonly string[]): boolean {
  return (
    secretNames.length > 0 ||
    /^\s*#\s*syntax\s*=/im.test(dockerfile) ||
    /^\s*RUN\s+--(mount|network|security)=/im.test(dockerfile)
  );
}
