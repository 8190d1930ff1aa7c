using Granary.Instana.Connections;

namespace Granary.Instana.Tests.Connections;

public class HostAllowListTests
{
    [Theory]
    [InlineData("https://unit.instana.io", true)]
    [InlineData("https://a.b.instana.io", true)]
    [InlineData("https://instana.io", false)]
    [InlineData("https://evilinstana.io", false)]
    [InlineData("https://unit.instana.io.evil.example", false)]
    [InlineData("https://unit.instana.io:8443", false)]
    [InlineData("http://unit.instana.io", false)]
    [InlineData("https://127.0.0.1", false)]
    [InlineData("https://169.254.169.254", false)]
    [InlineData("https://[::1]", false)]
    [InlineData("https://localhost", false)]
    public void The_default_is_the_vendors_cloud_over_https(string url, bool allowed) =>
        HostAllowList.Default.Allows(new Uri(url)).ShouldBe(allowed);

    [Theory]
    [InlineData("instana.example.com", "https://instana.example.com", true)]
    [InlineData("instana.example.com", "https://x.instana.example.com", false)]
    [InlineData("instana.example.com:8443", "https://instana.example.com:8443", true)]
    [InlineData("instana.example.com:8443", "https://instana.example.com", false)]
    [InlineData("*.example.com:8443", "https://a.example.com:8443", true)]
    [InlineData("http://127.0.0.1:8090", "http://127.0.0.1:8090", true)]
    [InlineData("http://127.0.0.1:8090", "http://127.0.0.1:8091", false)]
    [InlineData("http://127.0.0.1:8090", "https://127.0.0.1:8090", false)]
    [InlineData("http://simulator:8090", "http://simulator:8090", true)]
    [InlineData("10.0.0.7", "https://10.0.0.7", true)]
    public void An_entry_allows_what_it_names_and_nothing_beside_it(string entry, string url, bool allowed) =>
        HostAllowList.Parse([entry]).Allows(new Uri(url)).ShouldBe(allowed);

    [Theory]
    [InlineData("*")]
    [InlineData("*.*")]
    [InlineData("*.com")]
    [InlineData("*.0.0.1")]
    [InlineData("a*.example.com")]
    [InlineData("http://*.example.com")]
    [InlineData("ftp://example.com")]
    [InlineData("user@example.com")]
    [InlineData("example.com/path")]
    [InlineData("")]
    public void An_entry_that_allows_too_much_or_makes_no_sense_is_refused(string entry)
    {
        HostAllowList.TryParse([entry], out _, out var problem).ShouldBeFalse();
        problem!.ShouldContain($"'{entry}'");
    }
}
