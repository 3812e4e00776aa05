import type { Problem } from "../problem/problems";
import { servicePath } from "../schema/check-site";
import { forEachService } from "./rule";

/**
 * Longest text that Linux passes to a program, bytes, including the zero at its end (execve(2),
 * `MAX_ARG_STRLEN`).
 */
const longestArgument = 128 * 1024;

/**
 * Linux accepts the arguments and environment variables: the Docker Engine does not check them.
 */
export const argumentProblems = forEachService(({ name, service }): readonly Problem[] => {
  const { entrypoint = [], command = [], environment = {}, healthcheck } = service;
  const check = typeof healthcheck === "object" ? healthcheck.command : [];
  return [
    ...[...entrypoint.entries()].map(([index, text]) => ({ path: ["entrypoint", index], text })),
    ...[...command.entries()].map(([index, text]) => ({ path: ["command", index], text })),
    ...[...check.entries()].map(([index, text]) => ({
      path: ["healthcheck", "command", index],
      text,
    })),
    ...Object.entries(environment).map(([key, text]) => ({
      path: ["environment", key],
      text: `${key}=${text}`,
    })),
  ].flatMap(({ path, text }) => {
    const message = argumentFault(text);
    // The value is not printed: it is long, or there may be a password in it.
    return message === undefined
      ? []
      : [
          {
            path: servicePath(name, path),
            message,
            remedy: "put it into a config, the image or a volume",
          },
        ];
  });
});

function argumentFault(text: string): string | undefined {
  if (text.includes("\0")) return "has a zero byte, at which Linux ends a text";
  const size = new TextEncoder().encode(text).length + 1;
  return size > longestArgument
    ? `has ${size} bytes, but Linux accepts no text of more than ${longestArgument} for a program`
    : undefined;
}
