using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Simulator.Api;

namespace Granary.Simulator.Config;

/// <summary>What clients write: the configurations of a family with their versions. A writer that names the version it read is refused once that is old.</summary>
internal sealed class ConfigStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<ConfigVersion>> _all = new(StringComparer.Ordinal);
    private readonly ConfigFamily _family;
    private int _created;

    public ConfigStore(ConfigFamily family)
    {
        _family = family;
        foreach (var seed in family.Seeds)
            _all[seed.Text("id") ?? seed.Text("serviceId")!] = [new ConfigVersion(seed, 1_759_900_000_000, "CREATE")];
    }

    public IReadOnlyList<ConfigVersion> Current
    {
        get
        {
            lock (_lock)
                return [.. _all.Values.Select(versions => versions[^1]).Where(version => !version.IsDeleted)];
        }
    }

    public IReadOnlyList<ConfigVersion> Versions(string id)
    {
        lock (_lock)
            return _all.TryGetValue(id, out var versions) ? [.. versions] : [];
    }

    public ConfigVersion? Find(string id) => Versions(id) is [.., { IsDeleted: false } version] ? version : null;

    public ConfigVersion Create(JsonObject body, long now)
    {
        lock (_lock)
        {
            var id = body.Text("id") is { Length: > 0 } given ? given : string.Create(CultureInfo.InvariantCulture, $"{_family.IdPrefix}{++_created + 1000}");
            var one = body.DeepClone().AsObject();
            one["id"] = id;
            _all.TryAdd(id, []);
            return Add(id, one, now, "CREATE");
        }
    }

    /// <summary>Adds a version.</summary>
    public ConfigVersion Change(string id, JsonObject body, long now, string change)
    {
        lock (_lock)
        {
            var one = body.DeepClone().AsObject();
            one["id"] = id;
            _all.TryAdd(id, []);
            return Add(id, one, now, change);
        }
    }

    public bool Has(string id)
    {
        lock (_lock)
            return _all.TryGetValue(id, out var versions) && !versions[^1].IsDeleted;
    }

    private ConfigVersion Add(string id, JsonObject one, long now, string change)
    {
        // Two versions never have the same time: they are told apart, and restored, by it.
        var created = _all[id].Count > 0 ? Math.Max(now, _all[id][^1].Created + 1) : now;
        var version = new ConfigVersion(one, created, change);
        _all[id].Add(version);
        return version;
    }
}

/// <summary>One version of a configuration.</summary>
internal sealed record ConfigVersion(JsonObject Body, long Created, string Change)
{
    public bool IsDeleted => Change == "DELETE";

    public bool IsEnabled => Change != "DISABLE";
}
