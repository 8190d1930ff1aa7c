using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Gateway.Access;
using Granary.Gateway.Protocol.Messages;
using Granary.Vault.OutsideFiles;

namespace Granary.Gateway.Protocol.Legacy.Sessions;

/// <summary>
/// What sessions asked to be remembered, in a file, so that a restart forgets nothing that was promised: their ids are sealed and outlive it. One line
/// a change:
/// 1. a change is written and flushed to the disk before it is acknowledged;
/// 2. a write that fails is taken back, and the change is refused;
/// 3. a last line without its end was never acknowledged, and is dropped at the start;
/// 4. what has expired, and what later lines undo, goes when the file is written anew.
/// </summary>
internal sealed class SessionJournal(string path) : IDisposable
{
    private const long MaxBytes = 1024 * 1024 * 1024;
    private const int LinesBeforeRewrite = 10_000;

    private readonly Lock _lock = new();
    private FileStream? _file;
    private int _lines;

    /// <summary>The acknowledged changes, in order.</summary>
    /// <exception cref="InvalidDataException">The file cannot be used.</exception>
    public List<SessionRecord> Read()
    {
        var records = new List<SessionRecord>();
        if (!Path.Exists(path))
            return records;
        try
        {
            var text = OwnFile.Read(path, MaxBytes).AsSpan();
            for (int end; (end = text.IndexOf((byte)'\n')) >= 0; text = text[(end + 1)..])
                records.Add(JsonSerializer.Deserialize(text[..end], SessionRecordJson.Default.SessionRecord)!);
            return records;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"'{path}', line {records.Count + 1}, is damaged. Remove this file and session.keys beside it: clients then start new sessions.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"'{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Writes a change to the disk.</summary>
    /// <param name="record">The change.</param>
    /// <param name="live">Everything there is to remember, for when the file is written anew.</param>
    /// <exception cref="RpcException">It could not be stored; nothing changed (503).</exception>
    public void Append(SessionRecord record, Func<IEnumerable<SessionRecord>> live)
    {
        lock (_lock)
        {
            try
            {
                if (_lines >= LinesBeforeRewrite)
                    RewriteHeld(live());
                _file ??= Open();
                var length = _file.Length;
                try
                {
                    _file.Write(Line(record));
                    _file.Flush(flushToDisk: true);
                    _lines++;
                }
                catch (IOException)
                {
                    _file.SetLength(length);
                    throw;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                throw new RpcException(RpcErrors.Internal, "The session's state could not be stored, and nothing changed; try again later.", 503);
            }
        }
    }

    /// <summary>Writes the file anew.</summary>
    /// <exception cref="InvalidDataException">It cannot be written.</exception>
    public void Rewrite(IEnumerable<SessionRecord> live)
    {
        lock (_lock)
            RewriteHeld(live);
    }

    public void Dispose() => _file?.Dispose();

    private void RewriteHeld(IEnumerable<SessionRecord> live)
    {
        using var lines = new MemoryStream();
        foreach (var record in live)
            lines.Write(Line(record));
        _file?.Dispose();
        _file = null;
        PrivateFile.Replace(path, lines.ToArray());
        _lines = 0;
    }

    private FileStream Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var file = new FileStream(OwnFile.Open(path, create: true), FileAccess.ReadWrite);
        file.Seek(0, SeekOrigin.End);
        return file;
    }

    private static byte[] Line(SessionRecord record) => [.. JsonSerializer.SerializeToUtf8Bytes(record, SessionRecordJson.Default.SessionRecord), (byte)'\n'];
}

/// <summary>A line of the journal.</summary>
/// <param name="Session">The session's key.</param>
/// <param name="Expires">When the session expires, in seconds since 1970.</param>
/// <param name="Kind">What changed; null for the session's end.</param>
internal sealed record SessionRecord(string Session, long Expires, MemoryChangeKind? Kind)
{
    /// <summary>The key that is counted for the session; null in lines of older versions.</summary>
    public string? Key { get; init; }

    /// <summary>The tenant that is.</summary>
    public string? Tenant { get; init; }

    public string? Uri { get; init; }

    public string? Spelled { get; init; }

    public int? Level { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SessionRecord))]
internal sealed partial class SessionRecordJson : JsonSerializerContext;
