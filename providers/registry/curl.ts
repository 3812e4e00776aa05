/** Options as curl's config file has them (`man curl`, --config). */
export function renderCurlConfig(options: Readonly<Record<string, string>>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} = "${value.replace(/[\\"]/g, "\\$&")}"\n`)
    .join("");
}
