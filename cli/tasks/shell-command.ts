/** Starts the best shell that a container has: bash, ash or sh. */
export const shellCommand: readonly string[] = [
  "sh",
  "-c",
  "for shell in bash ash; do command -v $shell >/dev/null 2>&1 && exec $shell; done; exec sh",
];
