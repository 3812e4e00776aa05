/** A file of the project, to be written. */
export interface NewFile {
  /** Relative to the project's folder. */
  readonly path: string;
  readonly text: string;
  /** Default: no. */
  readonly executable?: boolean;
}

/** Only `files/` and the Dockerfile take part in a build. */
const dockerignore = "*\n!files\n";

/** The files of a new image: of a web server, or of a program that ends. Pure. */
export const image = {
  server: (name: string): readonly NewFile[] => [
    {
      path: `site/images/${name}/Dockerfile`,
      text: `# ${name}: a web server with the pages of files/srv/www.
#
#   docker build --tag ${name} site/images/${name}
#   docker run --rm --init --publish 8080:8080 ${name}
FROM debian:trixie-slim

RUN apt-get update \\
 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends busybox \\
 && rm -rf /var/lib/apt/lists/*

COPY files/ /
# All files of a build have the same time, by which browsers would take a changed page of the same
# length for the old one.
RUN find /srv/www -exec touch {} +

EXPOSE 8080
USER www-data
# Until it succeeds, a roll-out waits; a task that keeps failing is replaced.
HEALTHCHECK --interval=2s --timeout=2s --start-period=5s --retries=3 \\
  CMD ["busybox", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"]
CMD ["busybox", "httpd", "-f", "-p", "8080", "-h", "/srv/www"]
`,
    },
    { path: `site/images/${name}/.dockerignore`, text: dockerignore },
    {
      path: `site/images/${name}/files/srv/www/index.html`,
      text: `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>${name}</title>
  <h1>${name}</h1>
  <p>This page is site/images/${name}/files/srv/www/index.html.</p>
</html>
`,
    },
  ],
  program: (name: string): readonly NewFile[] => [
    {
      path: `site/images/${name}/Dockerfile`,
      text: `# ${name}: a program that does its work and ends.
#
#   docker build --tag ${name} site/images/${name}
#   docker run --rm ${name}
FROM debian:trixie-slim

COPY files/ /

USER nobody
CMD ["/usr/local/bin/${name}"]
`,
    },
    { path: `site/images/${name}/.dockerignore`, text: dockerignore },
    {
      path: `site/images/${name}/files/usr/local/bin/${name}`,
      text: `#!/bin/sh
# What it prints is shown by \`npx hive logs ${name}\`. Another exit code than 0 is a failed run.
set -eu
echo "${name} on $(hostname): done"
`,
      executable: true,
    },
  ],
};
