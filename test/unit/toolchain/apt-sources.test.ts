import { runModule } from "./run-module";

const deb822 = `# comment
Types: deb
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb-src
URIs: http://mirror.example/debian-source
Suites: bookworm
Components: main

Types: deb
Enabled: no
URIs: http://off.example/debian
Suites: bookworm
Components: main
`;
const oneLine = `# deb http://old.example/debian bookworm main
deb [arch=amd64 signed-by=/x.gpg] http://mirror.example/debian-security bookworm-security main
deb-src http://mirror.example/debian bookworm main
`;

describe("the package sources of this computer", () => {
  it("are read in both formats, without comments, sources and switched-off entries", async () => {
    const [modern, classic] = await runModule<{ uri: string; suite: string }[][]>(`
      import { parseDeb822, parseOneLine } from "./toolchain/mechanics/apt-sources.mjs";
      result([parseDeb822(${JSON.stringify(deb822)}), parseOneLine(${JSON.stringify(oneLine)})]);`);
    expect(modern).toEqual([
      { uri: "http://mirror.example/debian", suite: "bookworm", components: ["main", "contrib"] },
      {
        uri: "http://mirror.example/debian",
        suite: "bookworm-updates",
        components: ["main", "contrib"],
      },
    ]);
    expect(classic).toEqual([
      {
        uri: "http://mirror.example/debian-security",
        suite: "bookworm-security",
        components: ["main"],
      },
    ]);
  });

  it("give an image its updates, once, and nothing of another suite", async () => {
    const text = await runModule<string>(`
      import { parseDeb822, parseOneLine, sourcesListText } from "./toolchain/mechanics/apt-sources.mjs";
      const sources = [...parseDeb822(${JSON.stringify(deb822)}), ...parseOneLine(${JSON.stringify(oneLine)})];
      const once = sourcesListText("deb http://mirror.example/debian bookworm main\\n", "bookworm", sources);
      result(sourcesListText(once, "bookworm", sources));`);
    expect(text).toBe(
      [
        "deb http://mirror.example/debian bookworm main",
        "deb http://mirror.example/debian bookworm-updates main",
        "deb http://mirror.example/debian-security bookworm-security main",
        "",
      ].join("\n"),
    );
  });
});
