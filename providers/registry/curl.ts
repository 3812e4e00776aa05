/** Options in the format of curl's config file (`man curl`, --config). */
export function renderCurlConfig(options: Readonly<Record<string, string>>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} = "${value.replace(/[\\"]/g, "\\$&")}"\n`)
    .join("");
}
