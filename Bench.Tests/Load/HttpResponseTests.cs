using System.Text;
using Granary.Bench.Load;

namespace Granary.Bench.Tests.Load;

public class HttpResponseTests
{
    [Fact]
    public void A_body_by_length()
    {
        var bytes = "HTTP/1.1 200 OK\r\nServer: x\r\ncontent-LENGTH:  5\r\n\r\nhello and more"u8;
        HttpResponse.TryParse(bytes, out var response).ShouldBeTrue();
        response.Status.ShouldBe(200);
        Encoding.UTF8.GetString(response.Body).ShouldBe("hello");
        response.Length.ShouldBe(bytes.Length - " and more".Length);
    }

    [Fact]
    public void A_body_in_chunks()
    {
        var bytes = "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n"u8;
        HttpResponse.TryParse(bytes, out var response).ShouldBeTrue();
        response.Status.ShouldBe(404);
        response.Length.ShouldBe(bytes.Length);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n")]
    public void Whatever_is_missing_is_waited_for(string whole)
    {
        var bytes = Encoding.ASCII.GetBytes(whole);
        for (var length = 0; length < bytes.Length; length++)
            HttpResponse.TryParse(bytes.AsSpan(0, length), out _).ShouldBeFalse($"{length} bytes");
        HttpResponse.TryParse(bytes, out var response).ShouldBeTrue();
        response.Length.ShouldBe(bytes.Length);
    }

    [Theory]
    [InlineData("SSH-2.0 hello\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")]
    public void Anything_else_is_refused(string text) =>
        Should.Throw<FormatException>(() => HttpResponse.TryParse(Encoding.ASCII.GetBytes(text), out _));
}
