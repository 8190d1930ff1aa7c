using System.Text;
using Granary.Instana.Connections;
using Granary.Instana.Http;

namespace Granary.Instana.Tests.Http;

public class ErrorBodiesTests
{
    [Theory]
    [InlineData("""{"errors":["Unknown tag filter: call.error","second"]}""", "Unknown tag filter: call.error")]
    [InlineData("""{"errors":[{"message":"deep"}]}""", "deep")]
    [InlineData("""{"errors":[],"message":"m","error":"e"}""", "m")]
    [InlineData("""{"error":"Unauthorized","message":"Invalid API token"}""", "Invalid API token")]
    [InlineData("""{"error":"Unauthorized"}""", "Unauthorized")]
    [InlineData(""" "{\"errors\":[\"wrapped\"]}" """, "wrapped")]
    [InlineData("""{"message":"{\"errors\":[\"inside\"]}"}""", "inside")]
    [InlineData("Organization has status: canceled", "Organization has status: canceled")]
    [InlineData("<html><head><title>x</title><style>p{}</style></head><body><script>alert(1)</script><p>Not &lt;here&gt;</p></body></html>", "Not <here>")]
    [InlineData("<p>unclosed <b", "unclosed")]
    [InlineData("{broken", "{broken")]
    [InlineData("""{"errors":{"a":1}}""", """{"a":1}""")]
    [InlineData("[1]", "[1]")]
    [InlineData("""{"message":"half \ud800"}""", """{"message":"half \ud800"}""")]
    [InlineData("", "")]
    [InlineData("a\u0000b\r\n\tc", "a b c")]
    public void The_sentence_is_found(string body, string expected) =>
        ErrorBodies.Describe(Encoding.UTF8.GetBytes(body), new ApiTokenCredential("secret")).ShouldBe(expected);

    [Fact]
    public void At_most_500_characters_are_told()
    {
        ErrorBodies.Describe(Encoding.UTF8.GetBytes(new string('x', 100_000)), new ApiTokenCredential("s")).ShouldBe(new string('x', 500) + "…");
        ErrorBodies.Describe(Encoding.UTF8.GetBytes(new string('x', 499) + "😀😀"), new ApiTokenCredential("s")).ShouldBe(new string('x', 499) + "…");
    }

    [Fact]
    public void A_backend_that_echoes_the_credential_is_not_repeated()
    {
        ErrorBodies.Describe("""{"message":"token abc-secret is unknown"}"""u8, new ApiTokenCredential("abc-secret")).ShouldBe("token [redacted] is unknown");
        ErrorBodies.Describe("jwt-1 csrf-1"u8, new JwtCredential("jwt-1", "csrf-1")).ShouldBe("[redacted] [redacted]");
        ErrorBodies.Describe("auth-1 csrf-1"u8, new SessionCredential("auth-1", "csrf-1", "c")).ShouldBe("[redacted] [redacted]");
    }
}
