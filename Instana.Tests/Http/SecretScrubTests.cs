using System.Text;
using System.Text.Json;
using Granary.Instana.Connections;
using Granary.Instana.Http;

namespace Granary.Instana.Tests.Http;

/// <summary>A backend that sends the credential back does not hand it on.</summary>
public sealed class SecretScrubTests
{
    private const string Secret = "sEcReT/To+ken\"1~";

    [Theory]
    [InlineData("""{"a":"sEcReT/To+ken\"1~"}""")]
    [InlineData("""{"a":["apiToken sEcReT/To+ken\"1~, again sEcReT/To+ken\"1~"]}""")]
    [InlineData("""{"sEcReT/To+ken\"1~":1}""")]
    [InlineData("""{"a":"\u0073EcReT\/To+ken\u00221~","b":"\ud83d\ude00"}""")]
    [InlineData("""{"a":{"b":[{"c":"x sEcReT\u002fTo\u002Bken\"1\u007e y"}]}}""")]
    [InlineData("""{"url":"https://a.example/?t=sEcReT%2FTo%2Bken%221~"}""")]
    public void It_is_taken_out_however_it_is_written(string body)
    {
        var clean = SecretScrub.Clean(Encoding.UTF8.GetBytes(body), new ApiTokenCredential(Secret));
        using var document = JsonDocument.Parse(clean);
        Texts(document.RootElement).ShouldAllBe(text => !text.Contains(Secret) && !Uri.UnescapeDataString(text).Contains(Secret));
        Texts(document.RootElement).ShouldContain(text => text.Contains("[redacted]"));
    }

    [Fact]
    public void Every_secret_of_a_credential_is()
    {
        var body = Encoding.UTF8.GetBytes("""{"a":"token-4711","b":"csrf-token-4712"}""");
        Encoding.UTF8.GetString(SecretScrub.Clean(body, new JwtCredential("token-4711", "csrf-token-4712")).Span).ShouldBe("""{"a":"[redacted]","b":"[redacted]"}""");
        Encoding.UTF8.GetString(SecretScrub.Clean(body, new SessionCredential("token-4711", "csrf-token-4712", "c")).Span).ShouldBe("""{"a":"[redacted]","b":"[redacted]"}""");
    }

    [Theory]
    [InlineData("""{"a":"nothing \"here\" \u00e9"}""")]
    [InlineData("not JSON \\")]
    [InlineData("")]
    public void Other_answers_stay_as_they_are(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        SecretScrub.Clean(bytes, new ApiTokenCredential(Secret)).ShouldBe(bytes);
        SecretScrub.Clean(Encoding.UTF8.GetBytes("""{"a":"x"}"""), new ApiTokenCredential("a")).ToArray().ShouldBe(Encoding.UTF8.GetBytes("""{"a":"x"}"""));
    }

    private static IEnumerable<string> Texts(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(m => Texts(m.Value).Prepend(m.Name)),
        _ => [],
    };
}
