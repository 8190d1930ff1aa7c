using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Vault.OutsideFiles;

namespace Granary.Gateway.Access;

/// <summary>The file that holds salted hashes of API keys, each with a tenant and scopes.</summary>
internal sealed record ApiKeyFile(IReadOnlyList<ApiKeyEntry> Keys)
{
    /// <summary>More than a hundred thousand keys have: a file that is longer is another file.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>What failures call it.</summary>
    public const string Kind = "API key file";

    /// <summary>Reads the file. Its absence is an error: a gateway that asks for keys and has none is a mistake.</summary>
    /// <exception cref="InvalidDataException">The file is not what it should be; the message names the entry and the fix.</exception>
    public static ApiKeyFile Load(string path) => Parse(path, WatchedFile.Read(path, Kind, MaxBytes));

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="InvalidDataException">They are not what they should be; the message names the entry and the fix.</exception>
    public static ApiKeyFile Parse(string path, ReadOnlySpan<byte> bytes)
    {
        ApiKeyFile? file;
        try
        {
            file = JsonSerializer.Deserialize(bytes, ApiKeyJson.Default.ApiKeyFile);
        }
        catch (JsonException e)
        {
            // A member that is not known is an error too: a misspelled "expires" would never expire.
            throw new InvalidDataException($"The API key file '{path}' cannot be used: line {e.LineNumber + 1} is not what 'keys add' writes ({e.Path}).", e);
        }
        if (file?.Keys is null)
            throw new InvalidDataException($"The API key file '{path}' has no \"keys\" list.");
        Check(path, file.Keys);
        return file;
    }

    /// <summary>Adds one entry; the file is created where it is missing.</summary>
    /// <exception cref="InvalidDataException">There is a key of this id already, or the file cannot be used.</exception>
    public static void Add(string path, ApiKeyEntry entry) => Change(path, mayCreate: true, keys =>
    {
        if (keys.Exists(k => k.Id == entry.Id))
            throw new InvalidDataException($"The API key file '{path}' has a key '{entry.Id}' already; choose another --id.");
        keys.Add(entry);
    });

    /// <summary>
    /// Changes the file in one step, one process at a time: a gateway that reads it meanwhile sees the old keys or the new ones.
    /// </summary>
    /// <exception cref="InvalidDataException">The file cannot be used; nothing changed.</exception>
    public static void Change(string path, bool mayCreate, Action<List<ApiKeyEntry>> change) => PrivateFile.Change(path, mayCreate, target =>
    {
        var keys = File.Exists(target) || !mayCreate ? [.. Load(target).Keys] : new List<ApiKeyEntry>();
        change(keys);
        Check(path, keys);
        return JsonSerializer.SerializeToUtf8Bytes(new ApiKeyFile(keys), ApiKeyJson.Default.ApiKeyFile);
    });

    private static void Check(string path, IReadOnlyList<ApiKeyEntry> keys)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in keys)
        {
            if (entry is null)
                throw new InvalidDataException($"The API key file '{path}' has an entry that is null.");
            if (entry.Problem() is { } problem)
                throw new InvalidDataException($"The API key file '{path}': {problem}");
            if (!seen.Add(entry.Id))
                throw new InvalidDataException($"The API key file '{path}' has two keys with the id '{entry.Id}'.");
            if (entry.Certificate is not null && !seen.Add(entry.Certificate))
                throw new InvalidDataException($"The API key file '{path}' has two keys with the certificate '{entry.Certificate}'.");
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ApiKeyFile))]
internal sealed partial class ApiKeyJson : JsonSerializerContext;
