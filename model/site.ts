import type { Service } from "./service";

/** What a user runs on all stages: the inventory. Written in `site/site.ts`. */
export interface Site {
  /** Domain name of the site, the suffix of every server's name, e.g. `hive.example`. A stage may give another with `hive:siteName`. */
  readonly name: string;
  /**
   * Images that the site builds itself on the repository server, by name.
   *
   * @default none
   */
  readonly images?: Readonly<Record<string, Image>>;
  /**
   * Services by name. A service stands in `site/services/<name>.ts`; its name is a DNS label, by which other services
   * reach it.
   *
   * @default none
   */
  readonly services?: Readonly<Record<string, Service>>;
}

/** An image that the site builds. */
export interface Image {
  /**
   * Folder with the Dockerfile, relative to the project's root.
   *
   * @default "site/images/<name>"
   */
  readonly context?: string;
  /**
   * Build arguments (`ARG` of the Dockerfile). They stay readable in the image's history: no place for secrets.
   *
   * @default none
   */
  readonly buildArguments?: Readonly<Record<string, string>>;
}

/** Declares the site. Returns its argument: the function is there so that an editor knows and explains the fields. */
export function defineSite(site: Site): Site {
  return site;
}
