using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Tenants;

namespace Granary.Gateway.Access;

/// <summary>The file that holds salted hashes of API keys, each with a tenant and scopes.</summary>
internal sealed record ApiKeyFile(IReadOnlyList<ApiKeyEntry> Keys)
{
    /// <summary>Reads the file. Its absence is an error: a gateway that asks for keys and has none is a mistake.</summary>
    /// <exception cref="InvalidDataException">The file is not what it should be; the message names the entry and the fix.</exception>
    public static ApiKeyFile Load(string path)
    {
        ApiKeyFile? file;
        try
        {
            file = JsonSerializer.Deserialize(File.ReadAllBytes(path), ApiKeyJson.Default.ApiKeyFile);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The API key file '{path}' is not valid JSON: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new InvalidDataException($"The API key file '{path}' cannot be read: {e.Message}", e);
        }
        if (file?.Keys is null)
            throw new InvalidDataException($"The API key file '{path}' has no \"keys\" list.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in file.Keys)
        {
            if (entry is null)
                throw new InvalidDataException($"The API key file '{path}' has an entry that is null.");
            if (entry.Problem() is { } problem)
                throw new InvalidDataException($"The API key file '{path}': {problem}");
            if (!seen.Add(entry.Id))
                throw new InvalidDataException($"The API key file '{path}': the id '{entry.Id}' stands twice.");
        }
        return file;
    }

    /// <summary>Adds one entry, replacing the file in one step; the file is created where it is missing.</summary>
    public static void Add(string path, ApiKeyEntry entry)
    {
        var keys = File.Exists(path) ? [.. Load(path).Keys] : new List<ApiKeyEntry>();
        if (keys.Exists(k => k.Id == entry.Id))
            throw new InvalidDataException($"The API key file '{path}' has a key '{entry.Id}' already; choose another --id.");
        keys.Add(entry);
        var fresh = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(fresh, options))
        {
            JsonSerializer.Serialize(stream, new ApiKeyFile(keys), ApiKeyJson.Default.ApiKeyFile);
            stream.Flush(flushToDisk: true);
        }
        File.Move(fresh, path, overwrite: true);
    }
}

/// <summary>One key: whom it stands for, and what proves it.</summary>
internal sealed record ApiKeyEntry(string Id, string Tenant, IReadOnlyList<string> Scopes, byte[] Salt, byte[] Hash)
{
    public string? Problem()
    {
        if (string.IsNullOrEmpty(Id) || Id.Length > 32 || !Id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            return "a key's id has 1 to 32 letters, digits or '-'.";
        if (!TenantId.TryParse(Tenant, out _, out var problem))
            return $"key '{Id}': {problem}";
        if (Scopes is null || Scopes.Count == 0)
            return $"key '{Id}' has no scopes; known are {string.Join(", ", Access.Scopes.Known)}.";
        if (Scopes.Any(s => !Access.Scopes.Known.Contains(s)))
            return $"key '{Id}' has the unknown scope '{Scopes.First(s => !Access.Scopes.Known.Contains(s))}'; known are {string.Join(", ", Access.Scopes.Known)}.";
        return Salt is { Length: >= 8 } && Hash is { Length: 32 } ? null : $"key '{Id}' needs a salt and a 32-byte hash, both in Base64.";
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ApiKeyFile))]
internal sealed partial class ApiKeyJson : JsonSerializerContext;
