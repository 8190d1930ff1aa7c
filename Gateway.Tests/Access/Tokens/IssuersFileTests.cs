using Granary.Gateway.Access;
using Granary.Gateway.Access.Tokens;
using Granary.Gateway.Configuration;

namespace Granary.Gateway.Tests.Access.Tokens;

/// <summary>A wrong issuers file ends the start with a sentence that names the entry and the fix.</summary>
[Trait("Kind", "Hostile")]
public sealed class IssuersFileTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("", "is not as docs/configuration.md shows it")]
    [InlineData("[]", "is not as docs/configuration.md shows it")]
    [InlineData("{}", "has no \"issuers\"")]
    [InlineData("""{"issuers":[]}""", "has no \"issuers\"")]
    [InlineData("""{"issuers":[null]}""", "an entry is null")]
    [InlineData("""{"issuers":[{"name":"a b","issuer":"https://a.example","tenant":"acme"}]}""", "1 to 32 letters")]
    [InlineData("""{"issuers":[{"name":"a","issuer":"http://a.example","tenant":"acme"}]}""", "https")]
    [InlineData("""{"issuers":[{"name":"a","issuer":"a.example","tenant":"acme"}]}""", "https")]
    [InlineData("""{"issuers":[{"name":"a","issuer":"https://a.example","tenant":"acme","metadata":"http://b.example"}]}""", "\"metadata\"")]
    [InlineData("""{"issuers":[{"name":"a","issuer":"https://a.example","tenant":"acme","metadata":"https://b.example","keys":"x"}]}""", "one of them")]
    [InlineData("""{"issuers":[{"name":"a","issuer":"https://a.example"}]}""", "either \"tenant\"")]
    [InlineData("""{"issuers":[{"name":"a","issuer":"https://a.example","tenant":"acme","tenantClaim":"t"}]}""", "either \"tenant\"")]
    [InlineData("""{"issuers":[{"name":"a","issuer":"https://a.example","tenantClaim":"t"}]}""", "needs \"tenants\"")]
    [InlineData("""{"issuers":[{"name":"a","issuer":"https://a.example","tenantClaim":"t","tenants":[]}]}""", "needs \"tenants\"")]
    [InlineData("""{"issuers":[{"name":"a","issuer":"https://a.example","tenant":"UPPER"}]}""", "issuer 'a'")]
    [InlineData("""{"issuers":[{"name":"a","issuer":"https://a.example","tenant":"acme","clockSkew":301}]}""", "0 to 300")]
    [InlineData("""{"issuers":[{"name":"a","issuer":"https://a.example","tenant":"acme","maxLifetime":59}]}""", "\"maxLifetime\"")]
    [InlineData("""{"issuers":[{"name":"a","issuer":"https://a.example","tenant":"acme","scopeClaim":""}]}""", "\"scopeClaim\"")]
    [InlineData("""{"issuers":[{"name":"a","issuer":"https://a.example","tenant":"acme","audience":"x"}]}""", "audience")]
    [InlineData("""{"issuers":[{"name":"a","issuer":"https://a.example","tenant":"acme"},{"name":"a","issuer":"https://b.example","tenant":"acme"}]}""", "two issuers named 'a'")]
    [InlineData("""{"issuers":[{"name":"a","issuer":"https://a.example","tenant":"acme"},{"name":"b","issuer":"https://a.example","tenant":"acme"}]}""", "'https://a.example' twice")]
    [InlineData("""{"issuers":[{"name":"a","issuer":"https://a.example","tenant":"acme"}],"scopes":["vault:fly"]}""", "unknown scope 'vault:fly'")]
    public void What_is_wrong_is_said(string json, string says)
    {
        File.WriteAllText(_file, json);
        Should.Throw<InvalidDataException>(() => IssuersFile.Load(_file)).Message.ShouldContain(says);
    }

    [Fact]
    public void A_missing_file_and_a_missing_address_are_said()
    {
        Should.Throw<InvalidDataException>(() => IssuersFile.Load(_file + ".none")).Message.ShouldContain("cannot be read");
        Should.Throw<InvalidDataException>(() => ResourceAddress.Of(new GatewayOptions())).Message.ShouldContain("--public-url");
    }

    [Theory]
    [InlineData("https://granary.example.com", "", "https://granary.example.com/mcp", "https://granary.example.com/.well-known/oauth-protected-resource/mcp")]
    [InlineData("https://example.com/granary/", "/granary/mcp", "https://example.com/granary/mcp", "https://example.com/.well-known/oauth-protected-resource/granary/mcp")]
    [InlineData("https://example.com/granary", "/granary", "https://example.com/granary/mcp", "https://example.com/.well-known/oauth-protected-resource/granary/mcp")]
    [InlineData("https://example.com/granary", "/mcp", "https://example.com/granary/mcp", "https://example.com/.well-known/oauth-protected-resource/granary/mcp")]
    public void The_metadata_is_where_clients_look_for_it(string address, string suffix, string resource, string metadata)
    {
        var here = ResourceAddress.Of(new GatewayOptions { PublicUrl = new Uri(address) });
        (here.Mcp, here.Metadata, here.ResourceOf(suffix)).ShouldBe((resource, metadata, resource));
        here.ResourceOf("/other").ShouldBeNull();
        here.ResourceOf("/granar").ShouldBeNull();
    }
}
