import type { Service } from "./inventory";
import type { WithValues } from "./stage-values";

/**
 * The files in which services were declared, absolute: so that a problem is told with the file in
 * which its service stands.
 */
const files = new WeakMap<object, string>();

/**
 * Declares a service. Returns its argument: the function is there so that an editor knows and
 * explains the fields, and so that problems name the file that calls it.
 */
export function defineService(service: WithValues<Service>): Service {
  const file = callingFile();
  if (file !== undefined) files.set(service, file);
  return service as Service;
}

/**
 * The file that declared a service with {@link defineService}, relative to the project's root where
 * it lies below it. Undefined when the service was not declared so, or is a copy of one that was.
 */
export function declaringFile(service: unknown): string | undefined {
  const file = typeof service === "object" && service !== null ? files.get(service) : undefined;
  const root = `${slashes(__dirname).replace(/\/model$/, "")}/`;
  return file?.startsWith(root) === true ? file.slice(root.length) : file;
}

/**
 * The file that called the function which calls this one. Call sites, not the stack's text: that is
 * mapped and costs time.
 */
function callingFile(): string | undefined {
  const traces: { prepareStackTrace?: unknown } = Error;
  const kept = traces.prepareStackTrace;
  try {
    traces.prepareStackTrace = (_: Error, sites: readonly NodeJS.CallSite[]) => sites;
    const sites = new Error().stack as unknown as readonly NodeJS.CallSite[] | undefined;
    const file = sites?.[2]?.getFileName();
    return typeof file === "string" ? slashes(file) : undefined;
  } finally {
    traces.prepareStackTrace = kept;
  }
}

function slashes(path: string): string {
  return path.replace(/^file:\/\//, "").replaceAll("\\", "/");
}
