using Granary.Gateway.Protocol.Http;
using Granary.Gateway.Protocol.Legacy.Calls;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Legacy;

/// <summary>
/// Reads a call's stream out for a client that came here while the call runs, or ran, on another gateway. Where that one is gone without a
/// last event, the client is told so: it would wait for ever.
/// </summary>
internal sealed class StreamFollower(IStreamRecords records, Session session, string stream, TimeSpan keepAlive)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // The owner is asked after so many pauses, and given up after so many silences.
    private const int OwnerCheck = 20;
    private const int Patience = 3;

    private SseWriter? _writer;
    private long _after;

    /// <param name="response">Where to.</param>
    /// <param name="after">The last event the client has.</param>
    /// <param name="unknown">What to answer when nobody knows the stream.</param>
    /// <param name="ended">Cancelled when the client is gone or this gateway stops.</param>
    public async Task RunAsync(HttpResponse response, long after, Func<RpcException> unknown, CancellationToken ended)
    {
        var owner = await records.AskOwnerAsync(session, stream, handOver: true);
        var page = await ReadFirstAsync(after);
        for (var asked = 1; page is null && owner == StreamOwner.Silent && asked < Patience; asked++)
        {
            owner = await records.AskOwnerAsync(session, stream, handOver: true);
            page = await ReadFirstAsync(after);
        }
        if (page is null && (owner != StreamOwner.Silent || Resumption.RequestOf(stream) is null))
            throw unknown();
        _writer = await SseWriter.StartAsync(response);
        _after = after;
        if (page is null || await FollowAsync(page, ended) == Ending.Lost)
            await _writer.EventAsync(Lost(), ResumableStream.EventId(stream, _after + 1));
    }

    private async Task<Ending> FollowAsync(StreamPage page, CancellationToken ended)
    {
        var silences = 0;
        for (var (pauses, quiet) = (1, TimeSpan.Zero); ; pauses++, quiet += Pause)
        {
            if (page.Events.Count > 0)
            {
                if (!await WriteAsync(page))
                    return Ending.Gone;
                quiet = TimeSpan.Zero;
            }
            else if (silences >= Patience)
            {
                return Ending.Lost;
            }
            if (_after >= page.End)
            {
                await records.ReleaseAsync(session, stream);
                return Ending.Complete;
            }
            if (page.Events.Count == 0 && !await PauseAsync(ended))
                return Ending.Gone;
            if (quiet >= keepAlive && !await _writer!.KeepAliveAsync())
                return Ending.Gone;
            quiet = quiet >= keepAlive ? TimeSpan.Zero : quiet;
            // Asked first and read then: the last events may have been kept in between.
            if (pauses % OwnerCheck == 0)
                silences = await records.AskOwnerAsync(session, stream, handOver: false) == StreamOwner.Silent ? silences + 1 : 0;
            try
            {
                if (await records.ReadAsync(session, stream, _after) is not { } next)
                    return Ending.Complete;
                page = next;
            }
            catch (MeshException)
            {
                // It will be there when Redis is.
                (page, silences) = (page with { Events = [], End = null }, 0);
            }
        }
    }

    private async Task<bool> WriteAsync(StreamPage page)
    {
        foreach (var (sequence, data) in page.Events)
        {
            if (!await _writer!.EventAsync(data, ResumableStream.EventId(stream, sequence)))
                return false;
            _after = sequence;
        }
        return true;
    }

    private async Task<StreamPage?> ReadFirstAsync(long after)
    {
        try
        {
            return await records.ReadAsync(session, stream, after);
        }
        catch (MeshException)
        {
            throw new RpcException(
                RpcErrors.Internal, "The rest of this stream is in Redis, which cannot be reached now. Come back with the same Last-Event-ID.", 503);
        }
    }

    private static async Task<bool> PauseAsync(CancellationToken ended)
    {
        await Task.Delay(Pause, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !ended.IsCancellationRequested;
    }

    private byte[] Lost()
    {
        using var reply = ReplyBuffer.Rent();
        RpcWriter.Error(reply, Resumption.RequestOf(stream) ?? "null"u8.ToArray(), new RpcException(
            RpcErrors.Internal,
            "The gateway that ran this call is gone, and its outcome is unknown. Look whether it took effect, or repeat it with the same idempotency key."));
        return reply.Written.ToArray();
    }

    private enum Ending
    {
        /// <summary>The client has everything.</summary>
        Complete,

        /// <summary>The client, or this gateway, is gone.</summary>
        Gone,

        /// <summary>The gateway that ran the call is gone.</summary>
        Lost,
    }
}
