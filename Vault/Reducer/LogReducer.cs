using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Vault.Reducer;

/// <summary>
/// The state of a log, which follows the log as it grows. Where an event that it has taken was redacted since, the state is built again: a full
/// replay would not see what is gone either. Not for use by several threads at once.
/// </summary>
public sealed class LogReducer : IDisposable
{
    private const int PageLines = 1024;
    private const int PageBytes = 4 * 1024 * 1024;
    private const int MaxReplays = 3;

    private readonly EventView _view;
    private readonly PooledBuffer _scratch = new(4096);

    /// <summary>Redactions before this position were in effect when the events were read.</summary>
    private long _redactedUpTo;

    /// <summary>Creates the state of an empty log.</summary>
    public LogReducer(EventView view)
        : this(view, new ReducerV0(), 0)
    {
    }

    internal LogReducer(EventView view, ReducerV0 state, long position)
    {
        _view = view;
        State = state;
        Position = position;
        _redactedUpTo = position;
    }

    /// <summary>The state; another object after a redaction.</summary>
    public ReducerV0 State { get; private set; }

    /// <summary>How many of the log's events it has taken.</summary>
    public long Position { get; private set; }

    /// <summary>True after a redaction, until <see cref="CatchUpAsync"/> has built the state again.</summary>
    public bool IsStale { get; private set; }

    /// <summary>Takes the next event of the log, for example one that was just appended.</summary>
    public void Apply(ReadOnlySpan<byte> line)
    {
        if (Position >= _redactedUpTo && IsRedaction(line))
            IsStale = true;
        State.Apply(_view(line, _scratch));
        Position++;
    }

    /// <summary>Takes what the log holds beyond <see cref="Position"/>, or all of it where something was redacted.</summary>
    /// <param name="reader">The log.</param>
    /// <param name="progress">Told how many events have been taken.</param>
    /// <param name="cancellation">Ends it early; it goes on where it stopped.</param>
    public async Task CatchUpAsync(IVaultReader reader, IProgress<long>? progress, CancellationToken cancellation)
    {
        for (var replays = 0; ; replays++)
        {
            if (IsStale || Position > reader.Count(LogStream.Events))
                Restart(reader);
            while (Position < reader.Count(LogStream.Events) && !IsStale)
            {
                var page = await reader.ReadAsync(LogStream.Events, Position, PageLines, PageBytes, cancellation);
                if (page.Lines.Count == 0)
                    break;
                foreach (var line in page.Lines)
                    Apply(line.Span);
                progress?.Report(Position);
            }
            // Somebody who redacts again and again must not keep a reader here for ever.
            if (!IsStale || replays == MaxReplays)
                return;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        State.Dispose();
        _scratch.Dispose();
    }

    private void Restart(IVaultReader reader)
    {
        State.Dispose();
        State = new ReducerV0();
        Position = 0;
        _redactedUpTo = reader.Count(LogStream.Events);
        IsStale = false;
    }

    private bool IsRedaction(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf("\"com.provara.redaction\""u8) < 0)
            return false;
        try
        {
            var text = CanonicalJson.Read(line, _scratch, EventLimits.MaxReadDepth);
            return text[0] == '{' && CanonicalObject.TryGet(text, "type"u8, out var type) && type.SequenceEqual("\"com.provara.redaction\""u8);
        }
        catch (CanonicalJsonException)
        {
            return false;
        }
    }
}
