import { imageBuilds } from "../../../rehearsal/images";
import { rehearsalNotice } from "../../../rehearsal/notice";
import { publicRanges } from "../../../rehearsal/public-network";
import { pythonEnvironment, rehearsalPython } from "../../../rehearsal/python";

describe("what a rehearsal is made from", () => {
  it("is hive's own server image, of which instances and routers are made", () => {
    const { builds, images } = imageBuilds();
    const [server, ...others] = builds;
    expect(server?.server).toBeUndefined();
    expect(others.map(({ tag, server: from }) => [tag, from])).toEqual([
      [images.instance, server?.tag],
      [images.router, server?.tag],
    ]);
    expect(new Set(builds.map(({ tag }) => tag)).size).toBe(3);
  });

  it("is an environment without the user's own AWS, and without proxies", () => {
    const env = pythonEnvironment({
      PATH: "/bin",
      DOCKER_HOST: "unix:///run/docker.sock",
      AWS_PROFILE: "production",
      AWS_ACCESS_KEY_ID: "AKIA",
      https_proxy: "http://proxy",
      HTTP_PROXY: "http://proxy",
      PYTHONPATH: "/elsewhere",
    });
    expect(env).toEqual({
      PATH: "/bin",
      DOCKER_HOST: "unix:///run/docker.sock",
      PYTHONDONTWRITEBYTECODE: "1",
      PYTHONUNBUFFERED: "1",
    });
  });

  it("is named with its remedy when it is not installed", () => {
    expect(() => rehearsalPython({})).toThrow("--ensure rehearsal");
  });

  it("has public addresses that nobody has in the internet", () => {
    const reserved = /^(198\.51\.100|203\.0\.113|192\.0\.2|198\.18\.\d+)\.0\/24$/;
    expect(publicRanges.filter((range) => !reserved.test(range))).toEqual([]);
    expect(new Set(publicRanges).size).toBe(publicRanges.length);
  });

  it("says that it is a rehearsal", () => {
    expect(rehearsalNotice.join("\n")).toContain("a rehearsal with an emulated cloud");
  });
});
