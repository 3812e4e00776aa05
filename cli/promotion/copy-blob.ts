import { createHash } from "node:crypto";
import type { Descriptor } from "../../model/image/manifest";
import { renderCurlConfig } from "../../providers/registry/curl";
import { sleep, withDeadline } from "../../providers/transport/deadline";
import { Failure } from "../failure";
import {
  beginUpload,
  cancelUpload,
  completeUpload,
  curlFailure,
  curlOptions,
  refusal,
  type Repository,
  sendCommand,
  sendHead,
  uploadPath,
} from "../../providers/registry/client";
import { type RemoteCommand, withRemoteCommand } from "./remote-command";

/** A slower link counts as stalled, bytes a second. */
const slowestRate = 32 * 1024;

/** Seconds without any progress after which curl gives up. */
const stallSeconds = "60";

/**
 * How long to wait for an aborted upload, seconds; on a lost connection its end may never arrive.
 */
const goneSeconds = 15;

const fetchCommand = "curl --silent --show-error --fail --config -";

/**
 * Streams a blob from registry to registry through this process. The target checks the digest
 * before the blob becomes visible; a failed upload is cancelled.
 *
 * @param onBytes called with the number of bytes copied so far
 */
export async function copyBlob(
  source: Repository,
  target: Repository,
  blob: Descriptor,
  onBytes: (copied: number) => void,
): Promise<void> {
  const upload: Upload = { path: await beginUpload(target), answer: "" };
  try {
    await stream({ source, target, blob, onBytes }, upload);
    await completeUpload(target, uploadPath(upload.answer, target.registry), blob.digest);
  } catch (error) {
    await cancelUpload(target, latestPath(upload, target.registry));
    throw error;
  }
}

interface Upload {
  /** Where it began. */
  readonly path: string;
  /** Headers of the registry's answer to the content; their path includes the offset. */
  answer: string;
}

function latestPath({ path, answer }: Upload, registry: string): string {
  try {
    return uploadPath(answer, registry);
  } catch {
    return path;
  }
}

interface BlobCopy {
  readonly source: Repository;
  readonly target: Repository;
  readonly blob: Descriptor;
  readonly onBytes: (copied: number) => void;
}

async function stream(copy: BlobCopy, upload: Upload): Promise<void> {
  const { source, target, blob } = copy;
  const seconds = 120 + Math.ceil(blob.size / slowestRate);
  const limits = { "speed-limit": "1", "speed-time": stallSeconds };
  const fetchConfig = renderCurlConfig({
    ...curlOptions(source, `blobs/${blob.digest}`),
    ...limits,
  });
  const head = sendHead({
    ...curlOptions(target, upload.path),
    ...limits,
    request: "PATCH",
    header: "Content-Type: application/octet-stream",
    output: "/dev/null",
    "dump-header": "-",
  });
  await withDeadline(
    seconds,
    () =>
      new Failure(`The copy of ${blob.digest} timed out after ${seconds} s: the link is too slow.`),
    (signal) =>
      withRemoteCommand(target.host, sendCommand, signal, async (sending) => {
        try {
          sending.channel.on("data", (chunk: Buffer) => (upload.answer += chunk.toString("utf8")));
          sending.channel.write(head);
          await withRemoteCommand(source.host, fetchCommand, signal, async (fetching) => {
            try {
              fetching.channel.end(fetchConfig);
              await pass(fetching, sending, copy);
              if (lastStatus(upload.answer) !== "202")
                throw refusal(target, `the blob ${blob.digest}`, lastStatus(upload.answer));
            } finally {
              fetching.stop();
            }
          });
        } catch (error) {
          await giveUp(sending, signal);
          throw error;
        }
      }),
  );
}

/** The status after any `100 Continue`. */
function lastStatus(headers: string): string {
  return [...headers.matchAll(/^HTTP\/\S+ (\d+)/gm)].at(-1)?.[1] ?? "none";
}

/**
 * Ends an upload early in an orderly way, so that the registry reports its offset. An upload that
 * is cut off could not be cancelled: Docker's registry refuses requests at any other offset than
 * the last one that it reported.
 */
async function giveUp(sending: RemoteCommand, signal: AbortSignal): Promise<void> {
  sending.channel.end();
  // Stops the timer, which would delay the end of the command.
  const over = new AbortController();
  if (!signal.aborted) await Promise.race([sending.ended, sleep(goneSeconds * 1000, over.signal)]);
  over.abort();
  sending.stop();
}

/** Passes all content on, and checks how both commands ended. */
async function pass(
  fetching: RemoteCommand,
  sending: RemoteCommand,
  copy: BlobCopy,
): Promise<void> {
  const { source, target, blob } = copy;
  const hash = createHash("sha256");
  let copied = 0;
  fetching.channel.on("data", (chunk: Buffer) => {
    hash.update(chunk);
    copied += chunk.length;
    copy.onBytes(copied);
    if (sending.channel.write(chunk)) return;
    fetching.channel.pause();
    sending.channel.once("drain", () => fetching.channel.resume());
  });
  const first = await Promise.race([
    fetching.ended.then((end) => ({ end, isFetch: true })),
    sending.ended.then((end) => ({ end, isFetch: false })),
  ]);
  if (first.isFetch) {
    const { code, stderr } = first.end;
    if (code !== 0) throw curlFailure(source.host, source.registry, code, stderr);
    // Checked here, because the target would only report that the content does not match.
    if (copied !== blob.size || `sha256:${hash.digest("hex")}` !== blob.digest)
      throw new Failure(
        `The registry ${source.registry} sent wrong content for ${blob.digest} (${copied} of ${blob.size} bytes): the blob is damaged there, or the transfer was cut off. The target rejected it.`,
      );
    sending.channel.end();
  }
  const { code, stderr } = await sending.ended;
  if (code !== 0) throw curlFailure(target.host, target.registry, code, stderr);
}
