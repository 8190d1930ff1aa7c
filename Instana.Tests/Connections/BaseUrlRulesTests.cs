using Granary.Instana.Connections;

namespace Granary.Instana.Tests.Connections;

public class BaseUrlRulesTests
{
    [Theory]
    [InlineData("https://unit-tenant.instana.io", "https://unit-tenant.instana.io/")]
    [InlineData("https://unit-tenant.instana.io/", "https://unit-tenant.instana.io/")]
    [InlineData("https://unit-tenant.instana.io/api", "https://unit-tenant.instana.io/")]
    [InlineData("https://unit-tenant.instana.io/api/", "https://unit-tenant.instana.io/")]
    [InlineData("HTTPS://Unit-Tenant.INSTANA.io:443", "https://unit-tenant.instana.io/")]
    [InlineData("https://instana.example.com:8443/api", "https://instana.example.com:8443/")]
    [InlineData("http://127.0.0.1:8090/", "http://127.0.0.1:8090/")]
    [InlineData("https://[::1]:8443", "https://[::1]:8443/")]
    public void What_people_write_is_reduced_to_the_origin(string text, string origin)
    {
        BaseUrlRules.TryNormalise(text, out var uri, out var problem).ShouldBeTrue(problem);
        uri!.ToString().ShouldBe(origin);
    }

    [Theory]
    [InlineData(null, "missing")]
    [InlineData("", "missing")]
    [InlineData("unit.instana.io", "must start with http:// or https://")]
    [InlineData("ftp://unit.instana.io", "must start with http:// or https://")]
    [InlineData("file:///etc/passwd", "must start with http:// or https://")]
    [InlineData("https://", "not a URL")]
    [InlineData("https://user:pw@unit.instana.io", "user name")]
    [InlineData("https://evil.example@unit.instana.io", "user name")]
    [InlineData("https://unit.instana.io?x=1", "query")]
    [InlineData("https://unit.instana.io/#x", "fragment")]
    [InlineData("https://unit.instana.io/ui", "without a path")]
    [InlineData("https://unit.instana.io/api/events", "without a path")]
    [InlineData("https://evil.example\\.instana.io", "character")]
    [InlineData("https://unit.instana.io\r\nX: y", "character")]
    [InlineData("https://unit .instana.io", "character")]
    [InlineData("https://ünit.instana.io", "character")]
    public void Anything_else_is_refused_with_a_reason(string? text, string reason)
    {
        BaseUrlRules.TryNormalise(text, out var uri, out var problem).ShouldBeFalse();
        uri.ShouldBeNull();
        problem!.ShouldContain(reason);
    }

    [Fact]
    public void Calls_with_the_same_address_share_its_origin()
    {
        BaseUrlRules.TryNormalise("https://shared.instana.io/api", out var one, out _).ShouldBeTrue();
        BaseUrlRules.TryNormalise("https://shared.instana.io/" + "api", out var other, out _).ShouldBeTrue();
        other.ShouldBeSameAs(one);
        for (var i = 0; i < 5000; i++)
            BaseUrlRules.TryNormalise($"https://unit{i}.instana.io", out _, out _).ShouldBeTrue();
        BaseUrlRules.TryNormalise("https://shared.instana.io/api", out other, out _).ShouldBeTrue();
        other.ShouldBe(one);
    }

    [Fact]
    public void The_longest_address_is_512_characters()
    {
        BaseUrlRules.TryNormalise("https://a.io" + new string('/', 500), out _, out _).ShouldBeTrue();
        BaseUrlRules.TryNormalise("https://a.io" + new string('/', 501), out _, out var problem).ShouldBeFalse();
        problem!.ShouldContain("at most 512");
    }
}
