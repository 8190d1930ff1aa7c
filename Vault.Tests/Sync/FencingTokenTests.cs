using System.Globalization;
using System.Text;
using Granary.Vault.Keys;
using Granary.Vault.Sync;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Sync;

public sealed class FencingTokenTests : IDisposable
{
    private const string Latest = "evt_83ff011de26541def258a009";

    private readonly SigningKey _key = Fixture.Key("root");
    private readonly byte[] _sample = Fixture.Read("delta/fencing-token.json");
    private readonly DateTimeOffset _issued = DateTimeOffset.Parse("2026-02-04T00:00:02.002009+00:00", CultureInfo.InvariantCulture);

    [Fact]
    public void Issuing_gives_the_reference_s_token()
    {
        Encoding.UTF8.GetString(FencingToken.Issue(_key, Latest, _issued, "00112233445566778899aabbccddeeff")).ShouldBe(Encoding.UTF8.GetString(_sample));
        FencingToken.EventOf(_sample).ShouldBe(Latest);
    }

    [Fact]
    public void It_holds_while_its_event_is_the_last_and_it_is_young()
    {
        Problem(_sample, new FencingRules()).ShouldBeNull();
        Problem(_sample, new FencingRules { LatestEventId = Latest, MaxAge = TimeSpan.FromMinutes(1) }).ShouldBeNull();
        Problem(_sample, new FencingRules { LatestEventId = "evt_later" }).ShouldBe("The log has gone on since the token was issued: its last event is evt_later.");
        Problem(_sample, new FencingRules { MaxAge = TimeSpan.FromSeconds(1) }).ShouldBe("The token has expired: it may be 1 seconds old.");
    }

    [Theory]
    [InlineData("\"nonce\":\"0", "\"nonce\":\"1", "hash is not that")]
    [InlineData("evt_83ff", "evt_83fe", "hash is not that")]
    [InlineData("\"key_id\":\"bp1_5", "\"key_id\":\"bp1_6", "not an active key")]
    [InlineData("\"sig\":\"U", "\"sig\":\"V", "signature is not that")]
    [InlineData("\"timestamp\"", "\"time\"", "lacks one of")]
    [InlineData("{", "[", "not a JSON object")]
    public void One_that_was_changed_does_not(string from, string to, string reason) =>
        Problem(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(_sample).Replace(from, to, StringComparison.Ordinal)), new FencingRules()).ShouldNotBeNull().ShouldContain(reason);

    [Fact]
    public void One_for_another_log_does_not() =>
        FencingToken.FindProblem(_sample, _ => _key.PublicKey, _ => false, _issued, new FencingRules()).ShouldNotBeNull().ShouldContain("is not in the log");

    public void Dispose() => _key.Dispose();

    private string? Problem(byte[] token, FencingRules rules) =>
        FencingToken.FindProblem(token, id => id == _key.PublicKey.KeyId ? _key.PublicKey : null, id => id == Latest, _issued.AddSeconds(30), rules);
}
