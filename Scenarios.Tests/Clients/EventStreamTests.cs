using System.Text;
using Granary.Scenarios.Clients;

namespace Granary.Scenarios.Tests.Clients;

public sealed class EventStreamTests
{
    [Fact]
    public async Task Events_come_one_by_one_and_comments_not_at_all()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(":\n\nid: 1\nretry: 5\ndata: a\ndata: b\n\n:\n\ndata:c\n\ndata: unfinished"));
        var events = new List<string>();
        await foreach (var data in EventStream.ReadAsync(stream, CancellationToken.None))
            events.Add(data);
        events.ShouldBe(["a\nb", "c"]);
    }
}
