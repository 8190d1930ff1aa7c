// What deploy/kubernetes/README.md promises, whatever the overlay.
import { ok } from "./marks.mjs";

export function checkPolicies(overlay, objects) {
  const all = (kind) => objects.filter((o) => o.kind === kind);
  const workloads = [...all("Deployment"), ...all("StatefulSet")];
  const ours = all("Deployment");
  const settings = all("ConfigMap").find((o) => o.metadata.name === "granary").data;
  const pod = (w) => w.spec.template.spec;
  const each = (list, rule, complaint) => list.filter((w) => !rule(w)).map((w) => `${w.metadata?.name ?? w.name}: ${complaint}`);
  const promise = (what, ...problems) => ok(`kubernetes: ${overlay}: ${what}`, problems.flat());
  const containers = workloads.flatMap((w) => pod(w).containers);

  promise("pods run as a user that is not root, with the default seccomp profile and no token",
    each(workloads, (w) => pod(w).securityContext?.runAsNonRoot && pod(w).securityContext.runAsUser > 0, "may be root"),
    each(workloads, (w) => pod(w).securityContext?.seccompProfile?.type === "RuntimeDefault", "has no seccomp profile"),
    each(workloads, (w) => pod(w).automountServiceAccountToken === false, "gets a token"));
  promise("containers have a read-only root, no capabilities, bounded memory, and three probes",
    each(containers, (c) => c.securityContext?.readOnlyRootFilesystem && c.securityContext.allowPrivilegeEscalation === false, "can write or escalate"),
    each(containers, (c) => c.securityContext?.capabilities?.drop?.includes("ALL"), "keeps capabilities"),
    each(containers, (c) => c.resources?.limits?.memory && c.resources.requests?.cpu && !c.resources.limits.cpu, "wants a memory limit, a CPU request, and no CPU limit"),
    each(containers, (c) => c.startupProbe && c.readinessProbe && c.livenessProbe, "lacks a probe"));
  promise("rolls put the new one up first, and a pod has longer to end than it takes",
    each(ours, (d) => d.spec.strategy?.rollingUpdate?.maxUnavailable === 0, "takes one away first"),
    each(ours, (d) => pod(d).terminationGracePeriodSeconds > Number(settings.GRANARY_DRAIN_DELAY) + Number(settings.GRANARY_SHUTDOWN_TIMEOUT), "is killed before it has finished"),
    each(ours, (d) => pod(d).topologySpreadConstraints?.length >= 2, "is not spread"));
  promise("each workload of ours has a disruption budget and a network policy that names both directions",
    each(ours, (d) => all("PodDisruptionBudget").some((b) => b.spec.selector.matchLabels["app.kubernetes.io/name"] === d.metadata.name), "has no disruption budget"),
    each(workloads, (d) => all("NetworkPolicy").some((p) => p.spec.podSelector.matchLabels?.["app.kubernetes.io/name"] === d.metadata.name && p.spec.policyTypes.length === 2), "has no network policy"));
  // A rule without "to" leads everywhere.
  const open443 = all("NetworkPolicy").flatMap((p) => (p.spec.egress ?? []).filter((r) => r.ports?.some((x) => x.port === 443)).map((r) => [p, r]));
  promise("who calls backends reaches public addresses, not the API server or what else is in private networks",
    ...open443.map(([p, r]) => (r.to?.length && r.to.every((t) => !t.ipBlock?.cidr.startsWith("0.0.0.0") || ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"].every((n) => t.ipBlock.except?.includes(n))) ? [] : [`${p.metadata.name}: reaches private networks`])));
  promise("selectors select what they should",
    each(workloads, (w) => Object.entries(w.spec.selector.matchLabels).every(([k, v]) => w.spec.template.metadata.labels[k] === v), "selects none of its pods"),
    each(all("Service"), (s) => workloads.some((w) => w.spec.template.metadata.labels["app.kubernetes.io/name"] === s.spec.selector["app.kubernetes.io/name"]), "selects nothing"),
    each([...all("HorizontalPodAutoscaler"), ...all("ScaledObject")], (h) => ours.some((d) => d.metadata.name === h.spec.scaleTargetRef.name && d.spec.replicas === undefined), "scales nothing, or against a fixed number"),
    each(ports(objects), (p) => containers.some((c) => c.ports.some((x) => x.name === p.name)), "is no container's port"));
  promise("an archive is one place for all silos, and gateways have none of it",
    each(all("PersistentVolumeClaim"), (c) => c.spec.accessModes?.includes("ReadWriteMany"), "is one node's alone"),
    containers.filter((c) => (c.env ?? []).some((e) => e.name === "GRANARY_ARCHIVE") !== (c.name === "silo" && overlay.includes("archive"))).map((c) => c.name),
    ours.flatMap((d) => (pod(d).volumes ?? []).filter((v) => v.persistentVolumeClaim && !all("PersistentVolumeClaim").some((c) => c.metadata.name === v.persistentVolumeClaim.claimName)).map((v) => `${d.metadata.name}: ${v.name} is no volume of ours`)));
  promise("secrets are referred to, never written",
    each(all("Secret"), () => false, "is a secret in a file"),
    containers.flatMap((c) => (c.env ?? []).filter((e) => e.value && /KEK$|SECRET$|PASSWORD$|SESSION_KEYS$|_REDIS$|ACCESS_KEY/.test(e.name)).map((e) => `${c.name}: ${e.name} is written out`)));
}

// Ports that are named anywhere: in services, policies and monitors.
function ports(objects) {
  const named = [];
  for (const o of objects) {
    if (o.kind === "NetworkPolicy") named.push(...[...(o.spec.ingress ?? []), ...(o.spec.egress ?? [])].flatMap((r) => r.ports ?? []).map((p) => p.port));
    if (o.kind === "Service") named.push(...o.spec.ports.map((p) => p.targetPort));
    if (o.kind === "ServiceMonitor") named.push(...o.spec.endpoints.map((p) => p.port));
  }
  return named.filter((p) => typeof p === "string").map((name) => ({ name }));
}
