// Kubernetes' schemas, twice: the validators generated from its OpenAPI document know values and what is required, the types generated from the same
// know every field's name, so that a misspelt one is an error.
import { writeFileSync } from "node:fs";
import ts from "typescript";
import { ok } from "./marks.mjs";

const operators = { "monitoring.coreos.com": "@kubernetes-models/prometheus-operator", "keda.sh": "@kubernetes-models/keda" };
const moduleOf = (o) => `${operators[o.apiVersion.split("/")[0]] ?? "kubernetes-models"}/${o.apiVersion}`;

export async function checkObjects(what, objects) {
  const problems = [];
  for (const object of objects) {
    const name = `${object.kind} ${object.metadata?.name}`;
    try {
      const model = (await import(moduleOf(object)))[object.kind];
      if (!model) problems.push(`${name}: ${object.apiVersion} has no such kind`);
      else new model(object).validate();
    } catch (e) {
      problems.push(`${name}: ${e.message}`);
    }
  }
  ok(what, [...problems, ...unknownFields(objects)]);
}

function unknownFields(objects) {
  // In the folder where the packages are: the compiler looks for them from there.
  const file = `${import.meta.dirname ?? process.cwd()}/objects.ts`;
  const lines = objects.map((o, i) => `import type { I${o.kind} as T${i} } from "${moduleOf(o)}/${o.kind}"; export const o${i}: T${i} = ${JSON.stringify(o)};`);
  writeFileSync(file, lines.join("\n"));
  const program = ts.createProgram([file], { noEmit: true, strict: true, skipLibCheck: true, types: [], module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext });
  return ts.getPreEmitDiagnostics(program).map((d) => {
    const object = objects[d.file?.getLineAndCharacterOfPosition(d.start).line ?? 0];
    return `${object.kind} ${object.metadata.name}: ${ts.flattenDiagnosticMessageText(d.messageText, " ").slice(0, 300)}`;
  });
}
