// The dashboard and the alert rules ask for measures that exist, and a test names every rule.
import { readFileSync } from "node:fs";
import { ok } from "./marks.mjs";

const suffix = /_(bucket|count|sum|total)$/;

export function checkObservability(documents) {
  const page = readFileSync("docs/observability.md", "utf8");
  // Prometheus' names: dots are underscores; what counts seconds says so.
  const known = new Set([...page.matchAll(/`(granary\.[a-z._]+)`/g)].map((m) => m[1].replaceAll(".", "_")).flatMap((n) => [n, `${n}_seconds`]));
  const unknown = (text) => [...new Set([...text.matchAll(/\bgranary_[a-z_]+/g)].map((m) => m[0]))].filter((n) => !known.has(n) && !known.has(n.replace(suffix, "")));

  const dashboard = JSON.parse(readFileSync("deploy/observability/grafana/dashboards/granary.json", "utf8"));
  const panels = dashboard.panels.filter((p) => p.type !== "row");
  ok(`observability: the dashboard's ${panels.length} panels ask for measures that docs/observability.md has`, [
    ...unknown(JSON.stringify(dashboard)),
    ...panels.filter((p) => !(p.targets?.length > 0)).map((p) => `${p.title} asks nothing`),
  ]);

  const [alerts] = documents.get("deploy/observability/alerts.yml"), [tests] = documents.get("deploy/observability/alerts.test.yml");
  const rules = alerts.groups.flatMap((g) => g.rules);
  const tested = (fires) => new Set(tests.tests.flatMap((t) => t.alert_rule_test).filter((t) => fires === t.exp_alerts?.length > 0).map((t) => t.alertname));
  ok(`observability: ${rules.length} alert rules ask for measures that exist, and each is tested to fire and to be silent`, [
    ...rules.flatMap((r) => unknown(r.expr)),
    ...rules.filter((r) => !tested(true).has(r.alert)).map((r) => `${r.alert} is not tested to fire`),
    ...rules.filter((r) => !tested(false).has(r.alert)).map((r) => `${r.alert} is not tested to be silent`),
  ]);

  const queries = [...documents.values()].flat().filter((o) => o.kind === "ScaledObject").flatMap((o) => o.spec.triggers.flatMap((t) => t.metadata.query ?? []));
  ok(`observability: ${queries.length} query of an autoscaler asks for measures that exist`, queries.length > 0 ? queries.flatMap(unknown) : ["there is none"]);
}
