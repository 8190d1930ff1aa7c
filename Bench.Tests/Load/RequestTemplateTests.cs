using System.Text;
using Granary.Bench.Load;

namespace Granary.Bench.Tests.Load;

public class RequestTemplateTests
{
    [Fact]
    public void Every_request_has_an_id_of_its_own_in_every_place()
    {
        var template = new RequestTemplate("/mcp", [("Accept", "ä")], """{"id":{id},"n":{id},"t":"ö"}""");
        var buffer = template.NewBuffer();
        Encoding.UTF8.GetString(template.Number(buffer, 7)).ShouldBe("10000007");
        Encoding.UTF8.GetString(buffer).ShouldBe(
            "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 37\r\nAccept: ä\r\n\r\n"
            + """{"id":10000007,"n":10000007,"t":"ö"}""");
        Encoding.UTF8.GetString(template.Number(buffer, 90_000_001)).ShouldBe("10000001");
    }

    [Fact]
    public void A_request_without_a_place_stays_as_it_is()
    {
        var template = new RequestTemplate("/", [], "{}");
        template.Number(template.NewBuffer(), 3).IsEmpty.ShouldBeTrue();
    }
}
