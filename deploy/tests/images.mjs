// Which images are used that others publish. A tag can be moved to another image; a digest cannot.
import { readFileSync } from "node:fs";
import { ok } from "./marks.mjs";

const pinned = /@sha256:[0-9a-f]{64}$/;

export function checkImages(documents) {
  const loose = (files, but = () => false) => files.flatMap((file) =>
    [...documents.get(file).text.matchAll(/\b(?:docker\.io|mcr\.microsoft\.com|ghcr\.io|quay\.io|registry\.k8s\.io)\/[^\s"':]+[:@][^\s"']+/g)]
      .map(([image]) => image).filter((image) => !pinned.test(image) && !image.includes("${") && !but(image)).map((image) => `${file}: ${image}`));
  // compose.yaml runs where there are only images of one's own with these tags; beside it is what pins them.
  const beside = Object.values(documents.get("compose.pinned.yaml")[0].services).map((service) => service.image);
  ok("images: what others publish is pinned by its digest, in compose files, manifests and workflows", [
    ...loose([...documents.keys()], (image) => beside.some((full) => full.startsWith(`${image}@`))),
    ...loose(["compose.pinned.yaml"]),
  ]);
  const bases = readFileSync("eng/bases/Dockerfile", "utf8").match(/^FROM .*/gm).map((line) => line.split(" ")[1]);
  ok("images: ours are published on base images that are pinned", [
    ...bases.filter((base) => !pinned.test(base)),
    ...["gateway", "silo", "simulator"].flatMap((name) => {
      const from = readFileSync(`Dockerfile.${name}`, "utf8").match(/^FROM .*/gm).map((line) => /(\S+):\$\{(DOTNET|RUNTIME)\}/.exec(line)?.[1]);
      return from.filter((image) => !bases.some((base) => base.startsWith(`${image}:`))).map((image) => `Dockerfile.${name}: ${image}`);
    }),
    ...(documents.get(".github/workflows/release.yml").text.includes("echo \"bases<<END\"; eng/base-images; echo END")
      && documents.get(".github/workflows/release.yml")[0].jobs.images.steps.find((step) => step.id === "push").with["build-args"].includes("${{ steps.facts.outputs.bases }}")
      ? [] : ["a release does not use them"]),
  ]);
}
