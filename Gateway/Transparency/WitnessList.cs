using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Vault.OutsideFiles;
using Granary.Vault.Transparency;

namespace Granary.Gateway.Transparency;

/// <summary>The witnesses that are asked, and how many of them a served checkpoint needs.</summary>
internal sealed record WitnessList(IReadOnlyList<AskedWitness> Witnesses, int Needed, TimeSpan MaxAge)
{
    private const int MaxBytes = 1024 * 1024;
    private const int MaxWitnesses = 16;

    /// <summary>Reads the file of the setting; null where there is none.</summary>
    /// <exception cref="InvalidDataException">It cannot be used; the message says why.</exception>
    public static WitnessList? Read(string? path)
    {
        if (path is null)
            return null;
        try
        {
            var file = JsonSerializer.Deserialize(WatchedFile.Read(path, "file of witnesses", MaxBytes), WitnessFileJson.Default.WitnessFile)!;
            var witnesses = file.Witnesses.Select(Read).ToList();
            if (witnesses.Count is 0 or > MaxWitnesses || file.Needed < 0 || file.Needed > witnesses.Count || file.MaxAgeSeconds < 60)
                throw new FormatException($"it has 1 to {MaxWitnesses} witnesses, needs at most so many, and max_age_seconds is 60 or more");
            return new WitnessList(witnesses, file.Needed, TimeSpan.FromSeconds(file.MaxAgeSeconds));
        }
        catch (Exception failure) when (failure is JsonException or FormatException)
        {
            throw new InvalidDataException($"The file of witnesses '{path}' cannot be used: {failure.Message}", failure);
        }
    }

    /// <summary>Whether a checkpoint has the signatures it needs, and lately enough.</summary>
    public bool Accepts(SignedNote note, DateTimeOffset now) =>
        WitnessPolicy.Problems(note, [.. Witnesses.Select(witness => witness.Key)], Needed, MaxAge, now).Count == 0;

    private static AskedWitness Read(WitnessEntry entry)
    {
        var key = NoteKey.Parse(entry.Key);
        return key.Kind == NoteKeyKind.Witness && Uri.TryCreate(entry.Url.TrimEnd('/') + "/", UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? new AskedWitness(url, key)
            : throw new FormatException($"the witness '{entry.Url}' has no http address, or its key is not a witness's");
    }
}

/// <summary>A witness to ask.</summary>
/// <param name="Url">The prefix in front of <c>add-checkpoint</c>.</param>
/// <param name="Key">Its verifier key.</param>
internal sealed record AskedWitness(Uri Url, NoteKey Key);

/// <summary>The file as it is written.</summary>
internal sealed record WitnessFile(IReadOnlyList<WitnessEntry> Witnesses, int Needed, int MaxAgeSeconds = 86_400);

/// <summary>One witness of it.</summary>
internal sealed record WitnessEntry(string Url, string Key);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(WitnessFile))]
internal sealed partial class WitnessFileJson : JsonSerializerContext;
