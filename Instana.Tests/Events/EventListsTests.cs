using System.Text;
using Granary.Instana.Events;
using Granary.Instana.Http;

namespace Granary.Instana.Tests.Events;

public class EventListsTests
{
    [Fact]
    public void A_mark_of_byte_order_is_no_obstacle() => Problems([0xEF, 0xBB, 0xBF, .. """[{"problem":"x"}]"""u8]).ShouldBe(["x"]);

    [Fact]
    public void Bytes_that_are_no_text_are_replaced() => Problems([.. """[{"problem":"a"""u8, 0xFF, .. "b\"}]"u8]).ShouldBe(["a\uFFFDb"]);

    [Theory]
    [InlineData("[")]
    [InlineData("<html>")]
    [InlineData("[] []")]
    public void What_is_no_JSON_is_a_failure(string body)
    {
        EventLists.TryOpen(new InstanaReply(200, Encoding.UTF8.GetBytes(body), null), out var document, out var failure).ShouldBeFalse();
        document.ShouldBeNull();
        failure!.Kind.ShouldBe(FailureKind.NotJson);
    }

    private static List<string?> Problems(byte[] body)
    {
        EventLists.TryOpen(new InstanaReply(200, body, null), out var document, out _).ShouldBeTrue();
        using (document)
            return [.. EventLists.Events(document!.RootElement).Select(item => EventLists.Text(item, "problem"))];
    }
}
