using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Vault.OutsideFiles;

namespace Granary.Gateway.Access;

/// <summary>
/// When each key was last used, to the minute, in a file beside the key file (<c>keys.json.used</c>) that <c>keys list</c> reads. Gateways of one machine
/// share it: each puts in what is later than what is there. Where it cannot be written, which a mounted secret cannot, that is said once.
/// </summary>
internal sealed partial class KeyUses(string keyFile, TimeProvider time, ILogger<KeyUses> log)
{
    public static readonly TimeSpan WriteEvery = TimeSpan.FromMinutes(1);

    private const int MaxBytes = 16 * 1024 * 1024;

    private readonly ILogger<KeyUses> _log = log;
    private readonly ConcurrentDictionary<string, long> _seconds = new(StringComparer.Ordinal);
    private DateTimeOffset _written = time.GetUtcNow();
    private bool _isNew;
    private bool _isSaid;

    /// <summary>A key opened a request. Cheap: within a minute nothing is written for it again.</summary>
    public void Note(string id, DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeSeconds();
        if (_seconds.TryGetValue(id, out var last) && seconds - last < WriteEvery.TotalSeconds)
            return;
        _seconds[id] = seconds;
        Volatile.Write(ref _isNew, true);
    }

    /// <summary>Writes what is new, once a minute. Called by one thread at a time.</summary>
    public void WriteWhenDue()
    {
        if (!Volatile.Read(ref _isNew) || time.GetUtcNow() - _written < WriteEvery)
            return;
        Write();
    }

    public void Write()
    {
        if (!Volatile.Read(ref _isNew))
            return;
        Volatile.Write(ref _isNew, false);
        _written = time.GetUtcNow();
        var all = new SortedDictionary<string, DateTimeOffset>(Load(keyFile).ToDictionary(), StringComparer.Ordinal);
        foreach (var (id, seconds) in _seconds)
        {
            var used = DateTimeOffset.FromUnixTimeSeconds(seconds);
            all[id] = all.TryGetValue(id, out var other) && other > used ? other : used;
        }
        try
        {
            PrivateFile.Replace(PathOf(keyFile), JsonSerializer.SerializeToUtf8Bytes(all, KeyUsesJson.Default.SortedDictionaryStringDateTimeOffset));
        }
        catch (InvalidDataException e) when (!_isSaid)
        {
            _isSaid = true;
            LogNotKept(e.Message);
        }
        catch (InvalidDataException)
        {
            // Said already.
        }
    }

    /// <summary>What is known of the keys of a file; nothing where there is no file, or none that can be read.</summary>
    public static IReadOnlyDictionary<string, DateTimeOffset> Load(string keyFile)
    {
        var nothing = new Dictionary<string, DateTimeOffset>();
        try
        {
            var file = PathOf(keyFile);
            return File.Exists(file)
                ? JsonSerializer.Deserialize(OwnFile.Read(file, MaxBytes), KeyUsesJson.Default.SortedDictionaryStringDateTimeOffset) ?? (IReadOnlyDictionary<string, DateTimeOffset>)nothing
                : nothing;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return nothing;
        }
    }

    private static string PathOf(string keyFile) => string.Create(CultureInfo.InvariantCulture, $"{keyFile}.used");

    [LoggerMessage(1, LogLevel.Warning, "When API keys were last used is not kept: {Reason}")]
    private partial void LogNotKept(string reason);
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(SortedDictionary<string, DateTimeOffset>))]
internal sealed partial class KeyUsesJson : JsonSerializerContext;
