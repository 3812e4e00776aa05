import { fetchPage } from "./test-stage";

/** What a watch saw. */
export interface Watched {
  /** How often it looked. */
  readonly looks: number;
  /** The most pages that did not answer at one look. */
  readonly mostAway: number;
}

/** Time between two looks, milliseconds. */
const pauseMs = 500;

/** Asks for pages again and again, all at the same time, until it is ended. */
export class PageWatch {
  private isOver = false;
  private readonly watching: Promise<Watched>;

  constructor(urls: readonly string[]) {
    this.watching = this.watch(urls);
  }

  /** Ends it. */
  async end(): Promise<Watched> {
    this.isOver = true;
    return this.watching;
  }

  private async watch(urls: readonly string[]): Promise<Watched> {
    let looks = 0;
    let mostAway = 0;
    while (!this.isOver) {
      const pages = await Promise.all(urls.map((url) => fetchPage(url)));
      looks += 1;
      mostAway = Math.max(mostAway, pages.filter((page) => page?.status !== 200).length);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    return { looks, mostAway };
  }
}
