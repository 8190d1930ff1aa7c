// What the release workflow publishes, and what server.json says of it. That it works is checked by eng/release, which the workflow calls.
import { readFileSync } from "node:fs";
import { ok } from "./marks.mjs";

export function checkRelease(workflow) {
  const { jobs } = workflow, steps = (job) => job.steps.map((step) => step.run ?? "");
  const targets = readFileSync("eng/package/package.targets", "utf8"), server = JSON.parse(readFileSync("eng/package/server.json", "utf8"));
  const images = jobs.images.strategy.matrix.image.map((image) => `granary-${image}`);
  const facts = jobs.images.steps.find((step) => step.id === "facts").run, build = jobs.images.steps.find((step) => step.id === "push").with["build-args"];
  ok("release: eng/release makes and checks the programs, and what it made is released", [
    ...(steps(jobs.programs).some((run) => run === 'eng/release "${TAG#v}" out') ? [] : ["no step runs it"]),
    ...(jobs.release.needs.includes("programs") && jobs.release.needs.includes("images") ? [] : ["the release does not wait for it"]),
  ]);
  const pushed = "${{ steps.facts.outputs.name }}@${{ steps.push.outputs.digest }}", after = jobs.images.steps.slice(jobs.images.steps.findIndex((step) => step.id === "push"));
  ok("release: each image that is pushed is signed and scanned, by its digest", [
    ...(after.some((step) => step.run === 'cosign sign --yes "$IMAGE"' && step.env.IMAGE === pushed) ? [] : ["it is not signed"]),
    ...(after.some((step) => step.uses?.startsWith("anchore/scan-action@") && step.with.image === pushed && step.with["fail-build"] === true) ? [] : ["it is not scanned"]),
  ]);
  ok("release: server.json's image is one that is pushed, under its name", [
    ...(facts.includes('name=ghcr.io/${REPOSITORY,,}/granary-$IMAGE') && targets.includes("ghcr.io/$(GitHubRepository.ToLowerInvariant())/granary-gateway") && images.includes("granary-gateway")
      ? [] : ["another image is pushed"]),
    ...(facts.includes("server=io.github.${REPOSITORY%%/*}/granary") && server.name === "io.github.$owner$/granary" && build.includes("SERVER_NAME=${{ steps.facts.outputs.server }}")
      && readFileSync("Dockerfile.gateway", "utf8").includes('io.modelcontextprotocol.server.name="${SERVER_NAME}"')
      ? [] : ["the image has another server's name"]),
  ]);
}
