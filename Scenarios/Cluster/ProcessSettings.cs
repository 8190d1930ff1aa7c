namespace Granary.Scenarios.Cluster;

/// <summary>What a scenario wants of the cluster. Two that want the same share one.</summary>
internal sealed record ProcessSettings
{
    /// <summary>When Redis syncs its file: <c>always</c> or <c>everysec</c>.</summary>
    public string Fsync { get; init; } = "always";

    /// <summary>Whether callers need keys, one for each tenant.</summary>
    public bool Keys { get; init; } = true;

    /// <summary>Whether silos and gateways speak mutual TLS with each other.</summary>
    public bool Tls { get; init; }

    /// <summary>More environment by instance, as lines <c>KEY=VALUE</c> separated by line feeds.</summary>
    public string Environment { get; init; } = "";

    /// <summary>More environment for every gateway and silo.</summary>
    public ProcessSettings WithAll(string variable, string value) => this with { Environment = $"{Environment}*:{variable}={value}\n" };

    /// <summary>More environment for one instance, or all whose names begin so.</summary>
    public ProcessSettings With(string instance, string variable, string value) =>
        this with { Environment = $"{Environment}{instance}:{variable}={value}\n" };

    /// <summary>The lines for an instance.</summary>
    public IEnumerable<string> For(string instance) =>
        from line in Environment.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        let colon = line.IndexOf(':', StringComparison.Ordinal)
        where line[..colon] == "*" || instance.StartsWith(line[..colon], StringComparison.Ordinal)
        select line[(colon + 1)..];
}
