/** A person of the directory. */
export interface Person {
  /** What is typed as name. */
  readonly user: string;
  readonly password: string;
  /** The name that the portal greets with. */
  readonly fullName: string;
  /** Groups as the portal lists them. */
  readonly groups: string;
}

/** The demo people in `site/data/people.ldif`. */
export const queen: Person = {
  user: "queen",
  password: "Queen-of-hive-1",
  fullName: "Regina Hönig",
  groups: "beekeepers, colony",
};

/** {@inheritDoc queen} */
export const worker: Person = {
  user: "worker",
  password: "Worker-of-hive-2",
  fullName: "Mira Waben",
  groups: "colony",
};

/** {@inheritDoc queen} */
export const drone: Person = {
  user: "drone",
  password: "Drone-of-hive-3",
  fullName: "Leo Sommer",
  groups: "colony",
};
