import type { Service } from "./inventory";
import type { WithValues } from "./stage-values";

/**
 * The absolute paths of the files that declare services, so that a problem names the file of its
 * service.
 */
const files = new WeakMap<object, string>();

/**
 * Declares a service. Returns its argument: with this function an editor knows and explains the
 * fields, and problems name the calling file.
 */
export function defineService(service: WithValues<Service>): Service {
  const file = callingFile();
  if (file !== undefined) files.set(service, file);
  return service as Service;
}

/**
 * The file that declared a service with {@link defineService}, relative to the project's root if it
 * is below it. Undefined when the service was not declared this way, or is a copy.
 */
export function declaringFile(service: unknown): string | undefined {
  const file = typeof service === "object" && service !== null ? files.get(service) : undefined;
  const root = `${slashes(__dirname).replace(/\/model$/, "")}/`;
  return file?.startsWith(root) === true ? file.slice(root.length) : file;
}

/**
 * The file that called the caller of this function. It reads call sites, because the stack's text
 * is mapped and costs time.
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
