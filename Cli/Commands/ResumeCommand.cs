using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Vaults;

namespace Granary.Cli.Commands;

/// <summary><c>resume</c>: what an agent's vault says it has done, as Markdown.</summary>
internal sealed class ResumeCommand()
    : VaultCommand("resume", "Prints what an agent has done, from its task and lifecycle events, as Markdown. It verifies nothing.")
{
    private const int TopSkills = 5;
    private const int RecentEvents = 5;

    public override async Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var place = Place(run).Expect(psmc: false);
        using var reader = place.Read();
        var summary = new Summary();
        await foreach (var line in EventLines.ReadAsync(reader, null, cancellation))
        {
            if (line.Parse() is { } one)
                summary.Take(one);
        }
        var json = summary.ToJson(place.Folder);
        return new Outcome(json, screen => summary.Show(json, screen.Line));
    }

    private sealed class Summary
    {
        private readonly Dictionary<string, int> _skills = new(StringComparer.Ordinal);
        private readonly List<string> _agents = [];
        private readonly Queue<JsonNode> _recent = [];
        private string? _uid;
        private string? _born;
        private int _events;
        private int _tasks;
        private int _successes;
        private int _attestations;

        public void Take(JsonObject one)
        {
            _events++;
            var payload = one["payload"] as JsonObject;
            var type = $"{one["type"]}";
            if (type == "GENESIS")
                (_uid, _born) = ($"{payload?["uid"]}", Date(one["timestamp_utc"]));
            if (type == "ATTESTATION")
                _attestations++;
            switch (payload?["extension"]?.ToString())
            {
                case "provara.agent.task_v1":
                    TakeTask(payload["value"] as JsonObject);
                    break;
                case "provara.agent.lifecycle_v1":
                    _agents.Add($"{payload["subject"]} (since {Date((payload["value"] as JsonObject)?["created_at_utc"])})");
                    break;
            }
            _recent.Enqueue(new JsonObject { ["timestamp_utc"] = $"{one["timestamp_utc"]}", ["type"] = type, ["subject"] = $"{payload?["subject"] ?? "-"}" });
            if (_recent.Count > RecentEvents)
                _recent.Dequeue();
        }

        public JsonObject ToJson(string folder) => new()
        {
            ["uid"] = _uid,
            ["vault_path"] = folder,
            ["born"] = _born,
            ["event_count"] = _events,
            ["tasks_completed"] = _tasks,
            ["success_rate"] = _tasks == 0 ? 0.0 : Math.Round(100.0 * _successes / _tasks, 1),
            ["attestations"] = _attestations,
            ["skills"] = new JsonObject(_skills.OrderByDescending(skill => skill.Value).ThenBy(skill => skill.Key, StringComparer.Ordinal).Take(TopSkills)
                .Select(skill => KeyValuePair.Create(skill.Key, (JsonNode?)skill.Value))),
            ["agents"] = new JsonArray([.. _agents.Select(agent => (JsonNode)agent)]),
            ["recent"] = new JsonArray([.. _recent.Reverse()]),
        };

        public void Show(JsonObject json, Action<string> line)
        {
            line($"# Resume of {json["uid"] ?? "an unknown agent"}");
            line("");
            line($"Vault `{json["vault_path"]}`, born {json["born"] ?? "-"}, {_events} events.");
            line("");
            line($"- Tasks completed: {_tasks}");
            line(FormattableString.Invariant($"- Success rate: {json["success_rate"]!.GetValue<double>():F1}%"));
            line($"- Attestations: {_attestations}");
            Section("Skills", ((JsonObject)json["skills"]!).Select(skill => $"**{skill.Key}**: {skill.Value} tasks"), line);
            Section("Agents", _agents, line);
            Section("Recent activity", _recent.Reverse().Select(one => $"`{one["timestamp_utc"]}` **{one["type"]}** {one["subject"]}"), line);
            line("");
            line("Read from the vault's log; `provara verify` checks it.");
        }

        private void TakeTask(JsonObject? task)
        {
            _tasks++;
            if ($"{task?["status"]}" == "SUCCESS")
                _successes++;
            foreach (var tag in task?["tags"] as JsonArray ?? [])
                _skills[$"{tag}"] = _skills.GetValueOrDefault($"{tag}") + 1;
        }

        private static void Section(string title, IEnumerable<string> items, Action<string> line)
        {
            line("");
            line($"## {title}");
            foreach (var item in items.DefaultIfEmpty("none"))
                line($"- {item}");
        }

        private static string Date(JsonNode? time) => $"{time}" is { Length: >= 10 } text ? text[..10] : "-";
    }
}
