import { existsSync, readFileSync } from "node:fs";
import { release } from "node:os";
import { gunzipSync } from "node:zlib";
import Docker from "dockerode";

/** How long the Docker Engine may take for its answer, milliseconds. */
const deadline = 5000;

/** Observed facts about kernels. */
export interface KernelFacts {
  /** Release of the kernel under the Docker Engine; undefined when it does not answer. */
  readonly engine: string | undefined;
  /** Release of this computer's kernel. */
  readonly own: string;
  /** IPVS is in use, or a part of this computer's kernel. */
  readonly loaded: boolean;
  /** How this computer's kernel was built (`CONFIG_…` lines); undefined when it does not say. */
  readonly config: string | undefined;
}

/**
 * Whether the kernel under the Docker Engine, which all server containers share, has IPVS or loads
 * it on demand. Undefined when it is not known: the Docker Engine runs on another kernel, or this
 * one does not say. Pure.
 */
export function kernelHasIpvs({ engine, own, loaded, config }: KernelFacts): boolean | undefined {
  if (engine !== own) return undefined;
  if (loaded) return true;
  return config === undefined ? undefined : /^CONFIG_IP_VS=[ym]$/m.test(config);
}

/** Reads the facts about the kernels. Never throws. */
export async function readKernelFacts(): Promise<KernelFacts> {
  const own = release();
  const asked = new Docker({ timeout: deadline }).info() as Promise<{ KernelVersion?: string }>;
  const info = await asked.catch(() => undefined);
  return {
    engine: info?.KernelVersion,
    own,
    loaded: existsSync("/proc/net/ip_vs"),
    config: readConfig(own),
  };
}

function readConfig(own: string): string | undefined {
  try {
    return gunzipSync(readFileSync("/proc/config.gz")).toString();
  } catch {
    const file = `/boot/config-${own}`;
    try {
      return readFileSync(file, "utf8");
    } catch {
      return undefined;
    }
  }
}
