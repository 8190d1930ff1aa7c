using System.Collections.Concurrent;
using System.Text.Json;

namespace Granary.Simulator.Access;

/// <summary>A token and what it may do; <c>*</c> for everything.</summary>
public sealed record TokenRule(string Token, IReadOnlyList<string> Permissions)
{
    /// <summary>How many calls it has in an hour; null for the simulator's default.</summary>
    public int? CallsPerHour { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"TokenRule ({string.Join(", ", Permissions)})";
}

/// <summary>The tokens that are known. Where none is, every token is accepted and may do everything.</summary>
public sealed class TokenTable
{
    private readonly ConcurrentDictionary<string, TokenRule> _rules = new(StringComparer.Ordinal);

    /// <summary>Whether any token is accepted.</summary>
    public bool IsOpen => _rules.IsEmpty;

    /// <summary>Adds a token, or changes what it may do.</summary>
    public void Set(TokenRule rule) => _rules[rule.Token] = rule;

    /// <summary>Takes a token back: it is refused from now on.</summary>
    public void Revoke(string token) => _rules[token] = new TokenRule(token, []) { CallsPerHour = -1 };

    internal TokenRule? Find(string token) => _rules.TryGetValue(token, out var rule) && rule.CallsPerHour != -1 ? rule : null;

    /// <summary>Reads tokens as a person writes them: <c>[{"token":"t","permissions":["canConfigureReleases"],"calls_per_hour":100}]</c>.</summary>
    internal static IEnumerable<TokenRule> Read(JsonElement list) => list.EnumerateArray().Select(item => new TokenRule(
        item.GetProperty("token").GetString() is { Length: > 0 } token ? token : throw new FormatException("token must not be empty"),
        item.TryGetProperty("permissions", out var permissions) ? [.. permissions.EnumerateArray().Select(one => one.GetString()!)] : ["*"])
    {
        CallsPerHour = item.TryGetProperty("calls_per_hour", out var calls) ? calls.GetInt32() : null,
    });
}
