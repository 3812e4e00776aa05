import { createHash } from "node:crypto";
import type { Descriptor } from "../../model/image-manifest";
import { renderCurlConfig } from "../../providers/image-build/registry-manifest";
import { sleep, withDeadline } from "../../providers/transport/deadline";
import { Failure } from "../failure";
import {
  beginUpload,
  cancelUpload,
  curlFailure,
  curlOptions,
  refused,
  type Repository,
  sendCommand,
  sendHead,
} from "./registry";
import { type RemoteCommand, withRemoteCommand } from "./remote-command";

/** A link slower than this is taken for one that hangs, bytes a second. */
const slowestRate = 32 * 1024;

/** Seconds without any progress after which curl gives up. */
const stallSeconds = "60";

/** How long a stopped upload is waited for, seconds; a lost connection may never tell. */
const goneSeconds = 5;

const fetchCommand = "curl --silent --show-error --fail --config -";

/**
 * Copies a blob from registry to registry, through this process but never as a whole. The target checks the digest
 * before anybody sees the blob; an upload that fails is withdrawn.
 *
 * @param onBytes called with the number of bytes copied so far
 */
export async function copyBlob(
  source: Repository,
  target: Repository,
  blob: Descriptor,
  onBytes: (copied: number) => void,
): Promise<void> {
  const path = await beginUpload(target);
  try {
    await stream(source, target, blob, path, onBytes);
  } catch (error) {
    await cancelUpload(target, path);
    throw error;
  }
}

async function stream(
  source: Repository,
  target: Repository,
  blob: Descriptor,
  path: string,
  onBytes: (copied: number) => void,
): Promise<void> {
  const seconds = 120 + Math.ceil(blob.size / slowestRate);
  const limits = { "speed-limit": "1", "speed-time": stallSeconds };
  const fetchConfig = renderCurlConfig({
    ...curlOptions(source, `blobs/${blob.digest}`),
    ...limits,
  });
  const query = `${path.includes("?") ? "&" : "?"}digest=${encodeURIComponent(blob.digest)}`;
  const head = sendHead({
    ...curlOptions(target, `${path}${query}`),
    ...limits,
    output: "/dev/null",
    "write-out": "%{http_code}",
  });
  await withDeadline(
    seconds,
    () => new Failure(`${blob.digest} was not copied within ${seconds} s: the link is too slow.`),
    (signal) =>
      withRemoteCommand(source.host, fetchCommand, signal, (fetching) =>
        withRemoteCommand(target.host, sendCommand, signal, async (sending) => {
          try {
            sending.channel.write(head);
            fetching.channel.end(fetchConfig);
            await pass(fetching, sending, { source, target, blob, onBytes });
          } finally {
            fetching.stop();
            sending.stop();
            // The upload can be withdrawn only when curl lets go of it.
            await Promise.race([sending.ended, sleep(goneSeconds * 1000)]);
          }
        }),
      ),
  );
}

/** Passes everything on, and looks at how both commands ended. */
async function pass(
  fetching: RemoteCommand,
  sending: RemoteCommand,
  copy: {
    readonly source: Repository;
    readonly target: Repository;
    readonly blob: Descriptor;
    readonly onBytes: (copied: number) => void;
  },
): Promise<void> {
  const { source, target, blob } = copy;
  const hash = createHash("sha256");
  let copied = 0;
  let status = "";
  sending.channel.on("data", (chunk: Buffer) => (status += chunk.toString("utf8")));
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
    // Told here, because the target would only say that the content is not what was announced.
    if (copied !== blob.size || `sha256:${hash.digest("hex")}` !== blob.digest)
      throw new Failure(
        `The registry ${source.registry} gave other bytes than ${blob.digest} (${copied} of ${blob.size}): it is damaged there, or the transfer was cut off. The target did not take it.`,
      );
    sending.channel.end();
  }
  const { code, stderr } = await sending.ended;
  if (code !== 0) throw curlFailure(target.host, target.registry, code, stderr);
  if (status !== "201") throw refused(target, `the blob ${blob.digest}`, status);
}
