import { textWidth } from "../../../../rehearsal/scenario/drawing";

/** What a shape of a picture covers, pixels from the top left. */
export interface Box {
  readonly what: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** All elements of a picture with these names, as their attributes. */
function elements(svg: string, name: string): readonly ReadonlyMap<string, string>[] {
  return [...svg.matchAll(new RegExp(`<${name} ([^>]*?)/?>`, "g"))].map(
    ([, attributes = ""]) =>
      new Map(
        [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [
          key,
          value,
        ]),
      ),
  );
}

/** The texts of a picture, each as wide as it may get; what is on a step's disc is left out. */
export function textBoxes(svg: string): readonly Box[] {
  return [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"(?: class="([^"]*)")?>([^<]*)<\/text>/g)]
    .filter(([, , , kind = ""]) => kind !== "number")
    .map(([, x, y, kind = "", words = ""]) => {
      const plain = words.replace(/&(?:amp|lt|gt|quot);/g, "_");
      const width = textWidth(plain, kind);
      const share = kind.includes("end") ? 1 : kind.includes("middle") ? 0.5 : 0;
      const left = Number(x) - share * width;
      const [above, under] = kind === "title" ? [14, 4] : [10, 3];
      return {
        ...{ what: words, left, right: left + width },
        ...{ top: Number(y) - above, bottom: Number(y) + under },
      };
    });
}

/** The bars, numbers and lines of a picture. */
export function shapeBoxes(svg: string): readonly Box[] {
  const number = (of: ReadonlyMap<string, string>, key: string): number => Number(of.get(key));
  const what = (of: ReadonlyMap<string, string>): string => of.get("class") ?? "?";
  const body = svg.slice(svg.indexOf("</defs>"));
  return [
    ...elements(body, "rect")
      .filter((of) => of.has("x"))
      .map((of) => ({
        ...{ what: what(of), left: number(of, "x"), right: number(of, "x") + number(of, "width") },
        ...{ top: number(of, "y"), bottom: number(of, "y") + number(of, "height") },
      })),
    ...elements(body, "circle").map((of) => {
      const [x, y, radius] = [number(of, "cx"), number(of, "cy"), number(of, "r")];
      return {
        ...{ what: what(of), left: x - radius, right: x + radius },
        ...{ top: y - radius, bottom: y + radius },
      };
    }),
    ...elements(body, "line").map((of) => ({
      ...{ what: what(of), left: number(of, "x1"), right: number(of, "x2") },
      ...{ top: number(of, "y1"), bottom: number(of, "y2") },
    })),
  ];
}

/** Pairs that cover each other, each once. */
export function overlaps(boxes: readonly Box[], others: readonly Box[]): readonly string[] {
  return boxes.flatMap((one, index) =>
    (boxes === others ? boxes.slice(index + 1) : others)
      .filter(
        (other) =>
          one.left < other.right &&
          other.left < one.right &&
          one.top < other.bottom &&
          other.top < one.bottom,
      )
      .map((other) => `${one.what} / ${other.what}`),
  );
}

/** What is wrong with a text as XML, as far as pictures need it; empty: nothing. */
export function xmlFaults(text: string): readonly string[] {
  const open: string[] = [];
  const faults: string[] = [];
  const tag = /<(\/?)([a-zA-Z]+)((?:\s+[\w:-]+="[^"<&]*")*)\s*(\/?)>/g;
  const rest = text.replace(
    tag,
    (_whole, closing: string, name: string, _attributes, empty: string) => {
      if (closing === "/" && open.pop() !== name) faults.push(`</${name}> closes nothing`);
      else if (closing === "" && empty === "") open.push(name);
      return "";
    },
  );
  if (open.length > 0) faults.push(`not closed: ${open.join(", ")}`);
  if (/[<>]/.test(rest)) faults.push("a < or > that is no tag");
  if (/&(?!(?:amp|lt|gt|quot|apos|#\d+);)/.test(text)) faults.push("an & that is no entity");
  // eslint-disable-next-line no-control-regex -- XML 1.0 has no place for them
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text))
    faults.push("a control character");
  return faults;
}
