using Granary.Vault.Canonical;
using Granary.Vault.Psmc.Documents;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;

namespace Granary.Vault.Psmc.Bridge;

/// <summary>Where the bridge file stands: its last event and the reducer's state after it.</summary>
public sealed class PsmcBridge
{
    private readonly ReducerV0 _reducer = new();

    private PsmcBridge()
    {
    }

    /// <summary>The id of the last bridge event, or null before the first.</summary>
    public string? LastEventId { get; private set; }

    /// <summary>How many bridge events it has taken.</summary>
    public long Position { get; private set; }

    /// <summary>Reads the bridge file and reduces it.</summary>
    public static async Task<PsmcBridge> LoadAsync(IVaultReader reader, CancellationToken cancellation)
    {
        var bridge = new PsmcBridge();
        await bridge.CatchUpAsync(reader, cancellation);
        return bridge;
    }

    /// <summary>Takes what others have appended since.</summary>
    public async Task CatchUpAsync(IVaultReader reader, CancellationToken cancellation)
    {
        while (Position < reader.Count(LogStream.Bridge))
        {
            var page = await reader.ReadAsync(LogStream.Bridge, Position, 512, 1024 * 1024, cancellation);
            if (page.Lines.Count == 0)
                return;
            foreach (var line in page.Lines)
            {
                _reducer.Apply(line.Span);
                LastEventId = IdOf(line.Span);
            }
            Position = page.Next;
        }
    }

    /// <summary>Takes a bridge event that is about to be appended and returns the hash of the state after it.</summary>
    public string Apply(BuiltEntry built)
    {
        _reducer.Apply(built.Entry.Bridge.Span);
        LastEventId = built.BridgeEventId;
        Position++;
        return _reducer.StateHash();
    }

    /// <summary>Writes the state document, which is derived and costs no fsync.</summary>
    public async Task WriteStateAsync(IVaultLog log, CancellationToken cancellation)
    {
        using var state = new PooledBuffer(4096);
        _reducer.WriteState(state);
        state.Write((byte)'\n');
        await log.WriteDocumentAsync(new VaultDocument(PsmcMetadata.StateName, state.Written.ToArray()), derived: true, cancellation);
    }

    private static string? IdOf(ReadOnlySpan<byte> line)
    {
        try
        {
            var canonical = CanonicalJson.Canonicalize(line, EventLimits.MaxReadDepth);
            return canonical[0] == '{' && CanonicalObject.TryGet(canonical, "event_id"u8, out var id) && id[0] == '"'
                ? JsonString.Read(id)
                : null;
        }
        catch (CanonicalJsonException)
        {
            return null;
        }
    }
}
