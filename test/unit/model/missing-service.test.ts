import { faultsOf, image, problemsOf } from "./problems-of";

/** A project with these files. */
const project = (files: Readonly<Record<string, string>>) => ({
  read: (path: string) => {
    const text = files[path];
    return text === undefined ? undefined : Buffer.from(text);
  },
});

const site = (text: string) => `${text}\nexport const site = defineSite({ services: { web } });`;
const misspelt = "export const wbe = defineService({ image });\n";

describe("a service that is undefined, as an import of a misspelt export is", () => {
  test.each<[string, Record<string, string>, string]>([
    [
      "names what its file exports",
      {
        "site/site.ts": site('import { web } from "./services/web";'),
        "site/services/web.ts": misspelt,
      },
      'site/services/web.ts exports no "web" (it exports wbe)',
    ],
    [
      "is looked for in the file that the site imports",
      {
        "site/site.ts": site('import { am, web } from "./services/front";'),
        "site/services/front.ts": `export const am = {};\n${misspelt}`,
      },
      'site/services/front.ts exports no "web" (it exports am, wbe)',
    ],
    [
      "may be imported under another name",
      {
        "site/site.ts":
          'import { page as front } from "./services/page.js";\ndefineSite({ services: { web: front } });',
        "site/services/page.ts": "const pag = 1;\nexport { pag };\n",
      },
      'site/services/page.ts exports no "page" (it exports pag)',
    ],
    [
      "is looked for by convention where no import is found",
      { "site/services/web.ts": misspelt },
      'site/services/web.ts exports no "web" (it exports wbe)',
    ],
    [
      "is told of a file that exports nothing",
      { "site/services/web.ts": "const web = 1;\n" },
      'site/services/web.ts exports no "web"',
    ],
    [
      "is told of a file that exports it nevertheless",
      { "site/services/web.ts": "export const web = undefined;\n" },
      'is undefined, although site/services/web.ts exports "web"',
    ],
    ["is undefined where nothing is known", {}, "is undefined"],
  ])("%s", (_what, files, message) => {
    const services = { web: undefined, other: { image } };
    expect(faultsOf({ services }, project(files))).toEqual([
      `site/site.ts: services.web: ${message}`,
    ]);
  });

  test("gets a remedy that can be typed", () => {
    const services = { web: undefined };
    expect(problemsOf({ services }, project({ "site/services/web.ts": misspelt }))).toEqual([
      "site/site.ts: services.web | rename wbe to web in site/services/web.ts, or import wbe in site/site.ts",
    ]);
    expect(problemsOf({ services: { "mail-relay": undefined } })).toEqual([
      "site/site.ts: services.mail-relay | write the service: export const mailRelay = defineService({ … }) in site/services/mail-relay.ts, and import it in site/site.ts",
    ]);
  });
});
