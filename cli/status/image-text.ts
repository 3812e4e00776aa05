/**
 * A short form of a reference: `portal@038b8fc78668`, without the registry; of an id its
 * beginning.
 */
export function shortImage(image: string): string {
  const [name = "", digest] = image.split("@");
  if (digest === undefined) return name.replace(/^sha256:([0-9a-f]{12}).*$/, "$1");
  const bare = name.split("/").at(-1) ?? name;
  return `${bare.replace(/:[^:]*$/, "")}@${digest.replace(/^sha256:/, "").slice(0, 12)}`;
}

/**
 * `just now`, `5 min ago`, `3 h ago`, `12 days ago`: how long ago something was. @param now
 * milliseconds since 1970
 */
export function ageText(time: string | undefined, now: number): string {
  const then = Date.parse(time ?? "");
  if (Number.isNaN(then)) return "-";
  const minutes = Math.floor((now - then) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 90) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`;
}

/** `2026-11-25 03:00 UTC`. */
export function timeText(time: string | undefined): string {
  const then = Date.parse(time ?? "");
  return Number.isNaN(then)
    ? "-"
    : `${new Date(then).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
