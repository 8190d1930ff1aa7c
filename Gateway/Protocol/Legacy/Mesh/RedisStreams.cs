using System.Globalization;
using Granary.Gateway.Protocol.Legacy.Sessions;
using Granary.Vault.Redis.Connections;
using StackExchange.Redis;

namespace Granary.Gateway.Protocol.Legacy.Mesh;

/// <summary>Streams in Redis: one hash each, an event per field under its number, and where it begins and ends.</summary>
internal sealed class RedisStreams(RedisLink link, MeshChannel channel) : IStreamRecords
{
    private static readonly TimeSpan AfterDelivery = TimeSpan.FromSeconds(15);

    private const int PageEvents = 64;
    private const string FirstField = "first";
    private const string EndField = "end";

    public async ValueTask WriteAsync(Session session, string stream, StreamPage page, TimeSpan lifetime)
    {
        var fields = new List<HashEntry>(page.Events.Count + 2);
        foreach (var (sequence, data) in page.Events)
            fields.Add(new HashEntry(sequence, data));
        fields.Add(new HashEntry(FirstField, page.First));
        if (page.End is { } end)
            fields.Add(new HashEntry(EndField, end));
        await link.RunAsync(async () =>
        {
            var written = link.Database.HashSetAsync(Key(session, stream), [.. fields]);
            var expires = link.Database.KeyExpireAsync(Key(session, stream), lifetime);
            await written;
            await expires;
        });
    }

    public async ValueTask<StreamPage?> ReadAsync(Session session, string stream, long after)
    {
        while (true)
        {
            RedisValue[] wanted = [FirstField, EndField, .. Enumerable.Range(1, PageEvents).Select(i => (RedisValue)(after + i))];
            var values = await link.RunAsync(() => link.Database.HashGetAsync(Key(session, stream), wanted));
            if (values[0].IsNull)
                return null;
            var first = (long)values[0];
            if (first > after + 1 && values[2].IsNull)
            {
                after = first - 1;
                if (values[1].IsNull || (long)values[1] > after)
                    continue;
            }
            var events = values.Skip(2).TakeWhile(v => !v.IsNull).Select((v, i) => (after + 1 + i, (byte[])v!)).ToList();
            return new StreamPage(first, events, values[1].IsNull ? null : (long)values[1]);
        }
    }

    public async ValueTask ReleaseAsync(Session session, string stream)
    {
        try
        {
            await link.RunAsync(() => link.Database.KeyExpireAsync(Key(session, stream), AfterDelivery));
        }
        catch (MeshException)
        {
            // It expires anyway, a little later.
        }
    }

    public async ValueTask<StreamOwner> AskOwnerAsync(Session session, string stream, bool handOver)
    {
        try
        {
            var question = new MeshMessage(handOver ? MeshKind.HandOver : MeshKind.Owns, channel.Self, 0, session.Key) { Text = stream };
            return (await channel.AskAsync(GatewayMark.Find(stream)!, question)).Number switch
            {
                null => StreamOwner.Silent,
                0 => StreamOwner.Unknown,
                _ => StreamOwner.Present,
            };
        }
        catch (MeshException)
        {
            return StreamOwner.Unreachable;
        }
    }

    private RedisKey Key(Session session, string stream) =>
        string.Create(CultureInfo.InvariantCulture, $"{link.Prefix}:stream:{session.Key}:{stream}");
}
