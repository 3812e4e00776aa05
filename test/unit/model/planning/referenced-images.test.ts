import type { ServicePlan } from "../../../../model/plan";
import { referencedImages } from "../../../../model/planning/referenced-images";

const using = (reference: string): ServicePlan =>
  ({ image: { kind: "reference", reference } }) as ServicePlan;
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

describe("referencedImages", () => {
  it("names each image once by its repository, so that another digest is an update and no new resource", () => {
    const before = `docker.io/library/nginx@${digest("a")}`;
    const after = `docker.io/library/nginx@${digest("b")}`;
    expect(referencedImages([using(before), using(before)])).toEqual([
      { name: "docker-io-library-nginx", reference: before },
    ]);
    expect(referencedImages([using(after)])[0]?.name).toBe("docker-io-library-nginx");
  });

  it("tells two versions of one repository apart, and a port from a tag", () => {
    const images = [`mirror.example:5000/nginx:1.24`, `mirror.example:5000/nginx@${digest("c")}`];
    expect(referencedImages(images.map(using)).map(({ name }) => name)).toEqual([
      "mirror-example-5000-nginx-1-24",
      "mirror-example-5000-nginx-cccccccccccc",
    ]);
  });

  it("leaves out what the site builds", () => {
    const built = { image: { kind: "build", image: "webgate" } } as ServicePlan;
    expect(referencedImages([built])).toEqual([]);
  });
});
