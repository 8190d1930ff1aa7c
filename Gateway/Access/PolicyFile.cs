using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Tenants;

namespace Granary.Gateway.Access;

/// <summary>The policy file as it is written: lists for a tenant, and for its keys and subjects.</summary>
internal sealed record PolicyFile(IReadOnlyDictionary<string, PolicyFile.TenantEntry?>? Tenants)
{
    /// <summary>Reads a file's bytes into rules by tenant and caller; the caller <c>""</c> has the tenant's own.</summary>
    /// <exception cref="InvalidDataException">They are no policy; the message names the entry and the fix.</exception>
    public static FrozenDictionary<(string Tenant, string Caller), PolicyRules> Parse(string path, ReadOnlySpan<byte> bytes)
    {
        PolicyFile? file;
        try
        {
            file = JsonSerializer.Deserialize(bytes, PolicyJson.Default.PolicyFile);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The policy file '{path}' cannot be used: line {e.LineNumber + 1} ({e.Path}) is not as docs/configuration.md shows it.", e);
        }
        if (file?.Tenants is not { } tenants)
            throw new InvalidDataException($"The policy file '{path}' has no \"tenants\".");
        var rules = new Dictionary<(string, string), PolicyRules>();
        foreach (var (name, entry) in tenants)
        {
            if (!TenantId.TryParse(name, out _, out var problem))
                throw new InvalidDataException($"The policy file '{path}', tenant '{name}': {problem}");
            if (entry is null)
                throw new InvalidDataException($"The policy file '{path}', tenant '{name}' is null: give it \"allow\", \"deny\" or \"keys\".");
            rules[(name, "")] = Read(path, $"tenant '{name}'", entry.Allow, entry.Deny, entry.Public);
            foreach (var (key, lists) in entry.Keys ?? new Dictionary<string, KeyEntry?>())
            {
                if (key.Length == 0 || lists is null)
                    throw new InvalidDataException($"The policy file '{path}', tenant '{name}', key '{key}': give a key's id, or issuer:subject, \"allow\" or \"deny\".");
                rules[(name, key)] = Read(path, $"tenant '{name}', key '{key}'", lists.Allow, lists.Deny);
            }
        }
        return rules.ToFrozenDictionary();
    }

    private static PolicyRules Read(
        string path, string where, IReadOnlyList<string>? allow, IReadOnlyList<string>? deny, IReadOnlyList<string>? open = null) =>
        new(allow is null ? null : Read(path, $"{where}, \"allow\"", allow), Read(path, $"{where}, \"deny\"", deny ?? []))
        {
            // A vault's name, or the beginning of one: what may be done with it is not said, for it is only this.
            Public = Read(path, $"{where}, \"public\"", [.. (open ?? []).Select(vault => $"vault:{vault}:read")]),
        };

    private static ScopeRule[] Read(string path, string where, IReadOnlyList<string> lines) =>
    [
        .. lines.Select(line => ScopeRule.TryParse(line, isPolicy: true, out var rule, out var problem)
            ? rule
            : throw new InvalidDataException($"The policy file '{path}', {where}: {problem} The right may be * here.")),
    ];

    /// <summary>What is said of a tenant.</summary>
    internal sealed record TenantEntry(
        IReadOnlyList<string>? Allow, IReadOnlyList<string>? Deny, IReadOnlyDictionary<string, KeyEntry?>? Keys, IReadOnlyList<string>? Public);

    /// <summary>What is said of one caller of a tenant.</summary>
    internal sealed record KeyEntry(IReadOnlyList<string>? Allow, IReadOnlyList<string>? Deny);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(PolicyFile))]
internal sealed partial class PolicyJson : JsonSerializerContext;
