using System.Diagnostics;

namespace Granary.Vault.Redis;

/// <summary>The spans of commands to Redis: what is done, never with which keys or values.</summary>
internal static class RedisTrace
{
    private const string Suffix = "Async";

    private static readonly ActivitySource Source = new("Granary.Redis");

    /// <summary>What a method that sends a command does.</summary>
    public static string NameOf(string method) => method.EndsWith(Suffix, StringComparison.Ordinal) ? method[..^Suffix.Length] : method;

    /// <summary>Begins one; null where nobody collects spans, and for what no call asked for.</summary>
    /// <param name="method">The method that sends it.</param>
    public static Activity? Start(string method)
    {
        if (!Source.HasListeners() || Activity.Current is null)
            return null;
        var name = NameOf(method);
        return Source.StartActivity($"redis {name}", ActivityKind.Client)?.SetTag("db.system.name", "redis").SetTag("db.operation.name", name);
    }
}
