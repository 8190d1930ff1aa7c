using Granary.Instana.Connections;

namespace Granary.Instana.Tests.Connections;

public class InstanaOptionsReaderTests
{
    [Fact]
    public void Nothing_set_means_the_defaults()
    {
        InstanaOptionsReader.TryRead(_ => null, ReadFile, out var options, out var problems).ShouldBeTrue();
        problems.ShouldBeEmpty();
        options!.Timeout.ShouldBe(TimeSpan.FromSeconds(180));
        options.VerifyTls.ShouldBeTrue();
        options.SharedCredentials.ShouldBeFalse();
        options.CacheEnabled.ShouldBeTrue();
        options.CacheTtl.ShouldBe(TimeSpan.FromSeconds(1800));
        options.MaxResponseBytes.ShouldBe(32 * 1024 * 1024);
        options.Environment.ShouldBeNull();
    }

    [Fact]
    public void Every_variable_is_read()
    {
        var options = Read(new()
        {
            ["INSTANA_BASE_URL"] = "https://u.instana.io", ["INSTANA_API_TOKEN"] = "t", ["INSTANA_SSL_VERIFY"] = "no", ["INSTANA_API_TIMEOUT"] = "7",
            ["INSTANA_CACHE_ENABLED"] = "0", ["INSTANA_CACHE_TTL"] = "60", ["INSTANA_ALLOWED_HOSTS"] = "a.example.com, http://127.0.0.1:8090",
            ["INSTANA_SHARED_CREDENTIALS"] = "yes", ["INSTANA_ALLOWED_NETWORKS"] = "10.20.0.0/16, fd12::/16", ["INSTANA_TENANTS"] = "tenants.json",
        });
        options.AllowedNetworks.Select(network => network.ToString()).ShouldBe(["10.20.0.0/16", "fd12::/16"]);
        options.TenantsFile.ShouldBe("tenants.json");
        options.Environment.ShouldBe(new InstanaEnvironment("https://u.instana.io", "t"));
        options.VerifyTls.ShouldBeFalse();
        options.Timeout.ShouldBe(TimeSpan.FromSeconds(7));
        options.CacheEnabled.ShouldBeFalse();
        options.CacheTtl.ShouldBe(TimeSpan.FromSeconds(60));
        options.SharedCredentials.ShouldBeTrue();
        options.AllowedHosts.Allows(new Uri("https://a.example.com")).ShouldBeTrue();
        options.AllowedHosts.Allows(new Uri("http://127.0.0.1:8090")).ShouldBeTrue();
        options.AllowedHosts.Allows(new Uri("https://u.instana.io")).ShouldBeTrue();
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var variables = new Dictionary<string, string>
        {
            ["INSTANA_SSL_VERIFY"] = "perhaps", ["INSTANA_API_TIMEOUT"] = "0", ["INSTANA_CACHE_TTL"] = "1.5", ["INSTANA_ALLOWED_HOSTS"] = "*",
            ["INSTANA_CA_BUNDLE"] = "no-such-file.pem", ["INSTANA_ALLOWED_NETWORKS"] = "10.20.0.0/33",
        };
        InstanaOptionsReader.TryRead(variables.GetValueOrDefault, ReadFile, out var options, out var problems).ShouldBeFalse();
        options.ShouldBeNull();
        problems.Count.ShouldBe(6);
        foreach (var name in variables.Keys)
            problems.ShouldContain(problem => problem.StartsWith(name));
    }

    [Fact]
    public void Text_forms_show_no_secret()
    {
        var options = Read(new() { ["INSTANA_BASE_URL"] = "https://u.instana.io", ["INSTANA_API_TOKEN"] = "s3cret" });
        options.ToString().ShouldNotContain("s3cret");
        options.Environment!.ToString().ShouldNotContain("s3cret");
        foreach (InstanaCredential credential in new InstanaCredential[] { new ApiTokenCredential("s3cret"), new JwtCredential("s3cret", "s3cret"), new SessionCredential("s3cret", "s3cret", "c") })
        {
            credential.ToString().ShouldNotContain("s3cret");
            $"{new InstanaConnection(new Uri("https://u.instana.io"), credential)}".ShouldBe($"https://u.instana.io ({credential.GetType().Name})");
        }
    }

    private static InstanaOptions Read(Dictionary<string, string> variables)
    {
        InstanaOptionsReader.TryRead(variables.GetValueOrDefault, ReadFile, out var options, out var problems).ShouldBeTrue(string.Join(' ', problems));
        return options!;
    }

    private static string ReadFile(string path, long limit)
    {
        var text = File.ReadAllText(path);
        return text.Length <= limit ? text : throw new IOException($"{Path.GetFileName(path)} has {text.Length} bytes, and at most {limit} are read.");
    }
}
