namespace Granary.Gateway.Protocol.Legacy.Sessions;

/// <summary>
/// Keeps one stream where other gateways find it, from the moment nobody reads it here: what it holds then, and every event as it comes. What
/// could not be stored is stored with the next event.
/// </summary>
internal sealed class StreamKeeper(IStreamRecords records, Session session, ResumableStream stream, TimeSpan lifetime)
{
    private static readonly TimeSpan AfterTheEnd = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private const int LastTries = 8;

    private readonly SemaphoreSlim _gate = new(1);
    private StreamPage? _kept;
    private long _keptUpTo;

    /// <summary>Its client came to another gateway.</summary>
    public async ValueTask HandOverAsync()
    {
        await stream.DetachAsync(null);
        await KeepAsync();
    }

    /// <summary>Stores what is not stored yet. False when it could not be.</summary>
    public async Task<bool> KeepAsync()
    {
        await _gate.WaitAsync();
        try
        {
            var page = stream.Read(_keptUpTo);
            if (_kept is not null && page.Events.Count == 0 && page.End == _kept.End)
                return true;
            await records.WriteAsync(session, stream.Id, page, page.End is null ? lifetime : AfterTheEnd);
            _kept = page;
            if (page.Events.Count > 0)
                _keptUpTo = page.Events[^1].Sequence;
            return true;
        }
        catch (MeshException)
        {
            return false;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The stream is over. When it completes, the client can come for the rest wherever it likes, and this gateway may stop.</summary>
    /// <param name="isOver">True when nobody waits for the rest, because it was delivered or the call cancelled.</param>
    public async ValueTask CloseAsync(bool isOver)
    {
        if (isOver)
        {
            if (_kept is not null)
                await records.ReleaseAsync(session, stream.Id);
            return;
        }
        for (var tries = 1; !await KeepAsync() && tries < LastTries; tries++)
            await Task.Delay(Patience, CancellationToken.None);
    }
}
