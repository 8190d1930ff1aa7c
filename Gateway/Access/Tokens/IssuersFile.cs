using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Vault.OutsideFiles;

namespace Granary.Gateway.Access.Tokens;

/// <summary>The file that <c>--issuers</c> names: who may make access tokens for this gateway, and for which tenants. Read at start.</summary>
internal sealed record IssuersFile(IReadOnlyList<Issuer> Issuers)
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>What clients that are not known yet are told to ask for; null for reading.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <exception cref="InvalidDataException">The file cannot be used; the message names the entry and the fix.</exception>
    public static IssuersFile Load(string path)
    {
        IssuersFile? file;
        try
        {
            file = JsonSerializer.Deserialize(WatchedFile.Read(path, "issuers file", MaxBytes), IssuersJson.Default.IssuersFile);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"The issuers file '{path}' cannot be used: line {e.LineNumber + 1} ({e.Path}) is not as docs/configuration.md shows it.", e);
        }
        if (file?.Issuers is not { Count: > 0 })
            throw new InvalidDataException($"The issuers file '{path}' has no \"issuers\": list at least one.");
        foreach (var issuer in file.Issuers)
        {
            if ((issuer is null ? "an entry is null." : issuer.Problem()) is { } problem)
                throw new InvalidDataException($"The issuers file '{path}': {problem}");
        }
        if (file.Issuers.GroupBy(i => i.Name).FirstOrDefault(g => g.Count() > 1) is { } name)
            throw new InvalidDataException($"The issuers file '{path}' has two issuers named '{name.Key}'.");
        if (file.Issuers.GroupBy(i => i.Address).FirstOrDefault(g => g.Count() > 1) is { } address)
            throw new InvalidDataException($"The issuers file '{path}' has the issuer '{address.Key}' twice.");
        if (file.Scopes?.FirstOrDefault(s => !Access.Scopes.IsKnown(s)) is { } scope)
            throw new InvalidDataException($"The issuers file '{path}' has the unknown scope '{scope}'; known are {string.Join(", ", Access.Scopes.Known)}, and those narrowed to vaults or tools.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return file with { Issuers = [.. file.Issuers.Select(i => i.Keys is null ? i : i with { Keys = Path.Combine(folder, i.Keys) })] };
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(IssuersFile))]
internal sealed partial class IssuersJson : JsonSerializerContext;
