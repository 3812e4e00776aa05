import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";

/**
 * Finds a host by what the user typed: its full name (`p-hive0.hive.example`), its first label
 * (`p-hive0`), that without the stage's prefix (`hive0`), or its index (`0`).
 *
 * @param hosts in index order
 * @throws Failure that lists the hosts when none or several fit
 */
export function findHost<T extends { readonly name: string }>(
  hosts: readonly T[],
  wanted: string,
): T {
  const text = wanted.toLowerCase();
  const exact = hosts.filter(({ name }) => name === text);
  const found =
    exact.length > 0
      ? exact
      : hosts.filter((host, index) => namesOf(host.name, index).includes(text));
  const [host, another] = found;
  if (host !== undefined && another === undefined) return host;
  const list = hosts.map(({ name }, index) => `  ${index}  ${name}`).join("\n");
  const problem =
    host === undefined
      ? "No host of this stage matches"
      : `${found.length} hosts of this stage match`;
  throw new Failure(
    `${problem} "${wanted}". Name one of these, in full, by its first part, or by its number:\n${list}`,
    exitCodes.input,
  );
}

function namesOf(name: string, index: number): readonly string[] {
  const label = name.split(".")[0] ?? name;
  return [String(index), label, label.replace(/^[a-z]-/, "")];
}
