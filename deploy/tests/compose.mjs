// What deploy/README.md promises of the compose files.
import { ok } from "./marks.mjs";

export function checkCompose(file, { services }) {
  // What watches them is another's.
  const programs = Object.entries(services).filter(([, s]) => !s.profiles?.includes("observability"));
  const each = (list, rule, complaint) => list.filter(([, s]) => !rule(s)).map(([name]) => `${name}: ${complaint}`);
  ok(`${file}: programs, Redis and the balancer run read-only, without capabilities, with limits of memory and processes, and start again`, [
    ...each(programs, (s) => s.read_only && s.cap_drop?.includes("ALL") && s.security_opt?.includes("no-new-privileges:true") && s.tmpfs?.includes("/tmp"), "is not hardened"),
    ...each(programs, (s) => s.mem_limit && s.pids_limit, "has no limits"),
    ...each(Object.entries(services), (s) => s.restart === "unless-stopped", "does not start again"),
  ]);
  ok(`${file}: only this machine reaches the ports, and the simulator is in the profile demo alone`, [
    ...each(Object.entries(services), (s) => (s.ports ?? []).every((p) => p.startsWith("127.0.0.1:")), "is open to others"),
    ...each(Object.entries(services), (s) => !s.build?.dockerfile?.includes("simulator") || s.profiles?.includes("demo"), "is always there"),
  ]);
  ok(`${file}: gateways of a cluster hold no key-encryption key`, Object.entries(services).filter(([, s]) => s.build?.dockerfile === "Dockerfile.gateway" && s.environment?.GRANARY_SHAPE === "cluster" && s.environment.GRANARY_KEK)
    .map(([name]) => name));
  const users = (dockerfile) => new Set(Object.values(services).filter((s) => s.build?.dockerfile === dockerfile && s.environment?.GRANARY_SHAPE === "cluster").map((s) => /user=(\w+)/.exec(s.environment.GRANARY_REDIS)?.[1]));
  ok(`${file}: silos and gateways are users of their own in Redis`, [...users("Dockerfile.gateway")].filter((user) => !user || users("Dockerfile.silo").has(user)).map((user) => `gateways are ${user}`));
  const silos = Object.entries(services).filter(([, s]) => s.build?.dockerfile === "Dockerfile.silo");
  const archive = Object.entries(services).filter(([, s]) => s.volumes?.includes("archive:/archive")).map(([name]) => name);
  ok(`${file}: all silos and nobody else have the archive's volume and its settings, which are empty unless they are set`, [
    ...silos.filter(([name]) => !archive.includes(name)).map(([name]) => `${name}: has no archive`),
    ...archive.filter((name) => !silos.some(([silo]) => silo === name)).map((name) => `${name}: has the archive`),
    ...silos.flatMap(([name, s]) => ["GRANARY_ARCHIVE", "GRANARY_ARCHIVE_AFTER", "GRANARY_ARCHIVE_KEEP", "GRANARY_LEGAL_HOLD"].filter((k) => s.environment[k] !== `\${${k}:-}`).map((k) => `${name}: ${k}`)),
  ]);
  ok(`${file}: no secret is written into it`, Object.entries(services).flatMap(([name, s]) =>
    Object.entries(s.environment ?? {}).filter(([k, v]) => /KEK|SESSION_KEYS|SECRET|TOKEN|PASSWORD|AUTH$/.test(k) && !String(v).startsWith("${")).map(([k]) => `${name}: ${k}`)));
}
