using Granary.Gateway.Access;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Http;
using Granary.Gateway.Protocol.Legacy.Calls;
using Granary.Gateway.Protocol.Messages;

namespace Granary.Gateway.Protocol.Legacy;

/// <summary>
/// A JSON-RPC batch (2025-03-26 only): its members run side by side, a few at a time, and the responses come back as one array.
/// </summary>
internal sealed class Batch(LegacyPost post, HttpContext context, Principal caller, LegacyPeer peer, Accepts accepts, QuietReplies quiet)
{
    public async Task RunAsync(IReadOnlyList<ReadOnlyMemory<byte>> members)
    {
        using var sink = new HttpReply(context, accepts, resumption: null, quiet);
        using var budget = new BatchBudget();
        sink.Wait();
        var responses = await Task.WhenAll(members.Select(m => ServeAsync(sink, budget, m)));
        var answered = responses.Where(r => r.Length > 0).ToList();
        using var reply = ReplyBuffer.Rent();
        reply.Write("["u8);
        for (var i = 0; i < answered.Count; i++)
        {
            if (i > 0)
                reply.Write(","u8);
            reply.Write(answered[i]);
        }
        reply.Write("]"u8);
        await sink.FinishAsync(reply, answered.Count == 0 ? Outcome.Silent : Outcome.Ok);
    }

    private async Task<byte[]> ServeAsync(IMessageSink sink, BatchBudget budget, ReadOnlyMemory<byte> member)
    {
        using var reply = ReplyBuffer.Rent();
        return await post.ServeMemberAsync(context, caller, peer, sink, budget, member, reply) ? reply.Written.ToArray() : [];
    }
}
