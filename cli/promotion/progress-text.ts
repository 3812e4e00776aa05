import { sizeText } from "../copy/copied-text";
import { shortDigest } from "../releases/choose-release";
import type { Terminal } from "../terminal";
import type { CopyProgress, ImageCopy } from "./copy-image";

/** Rows of the blobs that are there already and of those to copy. */
export function copyRows({ parts, missing }: ImageCopy): readonly (readonly string[])[] {
  const bytes = (blobs: readonly { size: number }[]): string =>
    sizeText(blobs.reduce((sum, { size }) => sum + size, 0));
  const there = parts.blobs.filter((blob) => !missing.blobs.includes(blob));
  return [
    ["  there already", countText(there.length, parts.blobs.length, bytes(there))],
    [
      "  to be copied",
      missing.blobs.length === 0 && missing.manifests.length === 0
        ? "nothing"
        : `${countText(missing.blobs.length, parts.blobs.length, bytes(missing.blobs))}, ${missing.manifests.length} of ${parts.manifests.length} manifests`,
    ],
  ];
}

/**
 * Shows the progress of a copy: a line that is redrawn on a terminal, else a line for each finished
 * blob.
 */
export function progressPrinter(terminal: Terminal): (progress: CopyProgress) => void {
  return (progress) => {
    const done = progress.copied >= progress.blob.size;
    if (terminal.live) terminal.write(`\r\u001b[K${progressLine(progress)}${done ? "\n" : ""}`);
    else if (done) terminal.print(progressLine(progress));
  };
}

/** `blob 2 of 5  3f2a91b0c4d5  1.2 MB of 31.4 MB` */
export function progressLine({ blob, index, count, copied }: CopyProgress): string {
  return `blob ${index} of ${count}  ${shortDigest(blob.digest)}  ${sizeText(copied)} of ${sizeText(blob.size)}`;
}

function countText(count: number, all: number, bytes: string): string {
  return `${count} of ${all} blobs (${bytes})`;
}
