using Granary.Gateway.Configuration;
using Granary.Gateway.Tests.Support;
using Granary.Hosting.Configuration;
using System.CommandLine;

namespace Granary.Gateway.Tests.Configuration;

/// <summary>A variable with a slip in its name is named at the start, and what it was meant to be.</summary>
public sealed class UnknownSettingsTests
{
    [Theory]
    [InlineData("GRANARY_API_KEY", "GRANARY_API_KEYS")]
    [InlineData("GRANARY_APIKEYS", "GRANARY_API_KEYS")]
    [InlineData("GRANARY_API_KEYS_FILE", "GRANARY_API_KEYS")]
    [InlineData("granary_api_keys", "GRANARY_API_KEYS")]
    [InlineData("GRANARY_MAX_CALL_PER_TENANT", "GRANARY_MAX_CALLS_PER_TENANT")]
    [InlineData("GRANARY_REDIS_REPLICA", "GRANARY_REDIS_REPLICAS")]
    [InlineData("GRANARY_PORT", "PORT")]
    [InlineData("GRANARY_LOG_LEVEL", "LOG_LEVEL")]
    [InlineData("GRANARY_BASE_URL", "INSTANA_BASE_URL")]
    [InlineData("INSTANA_SSL_VERFY", "INSTANA_SSL_VERIFY")]
    [InlineData("INSTANA_ALLOWEDHOSTS", "INSTANA_ALLOWED_HOSTS")]
    [InlineData("PROVARA_VAULTPATH", "PROVARA_VAULT_PATH")]
    public void The_nearest_name_is_told_and_the_value_never(string name, string nearest)
    {
        var sentence = UnknownSettings.Describe([new(name, "s3cret")]).ShouldHaveSingleItem();
        sentence.ShouldStartWith($"{name} is set");
        sentence.ShouldEndWith($"did you mean {nearest}?");
        sentence.ShouldNotContain("s3cret");
    }

    [Fact]
    public void Where_nothing_is_near_the_page_is_named() =>
        UnknownSettings.Describe([new("GRANARY_XYZZY", "1")]).ShouldHaveSingleItem().ShouldContain("docs/configuration.md");

    [Theory]
    [InlineData("GRANARY_SERVICE_HOST", "10.0.0.1")]
    [InlineData("GRANARY_SERVICE_PORT_HTTP", "8080")]
    [InlineData("GRANARY_PORT", "tcp://10.0.0.1:8080")]
    [InlineData("GRANARY_REDIS_PORT_6379_TCP_ADDR", "10.0.0.2")]
    [InlineData("INSTANA_AGENT_KEY", "k")]
    [InlineData("INSTANA_ENDPOINT_URL", "https://serverless.example")]
    [InlineData("PROVARA_API_KEY", "k")]
    [InlineData("PATH", "/bin")]
    public void What_others_set_is_no_slip(string name, string value) => UnknownSettings.Describe([new(name, value)]).ShouldBeEmpty();

    [Fact]
    public void No_setting_that_there_is_is_unknown() => UnknownSettings.Describe(UnknownSettings.Known.Select(name => KeyValuePair.Create(name, "1"))).ShouldBeEmpty();

    [Theory]
    [InlineData("variables")]
    [InlineData("--env")]
    [InlineData("--env-file")]
    public async Task A_gateway_warns_of_each_wherever_it_is_set(string from)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "GRANARY_RATE_PER_KEYS=1\n");
        var flags = new CommandLine();
        var root = new RootCommand();
        foreach (var flag in flags.All)
            root.Options.Add(flag);
        string[] args = from switch
        {
            "--env" => ["--env", "GRANARY_RATE_PER_KEYS=1"],
            "--env-file" => ["--env-file", file],
            _ => [],
        };
        var options = OptionsReader.Read(flags, root.Parse(args), _ => null, from == "variables" ? [new("GRANARY_RATE_PER_KEYS", "1")] : []);
        File.Delete(file);
        await using var gateway = await TestGateway.StartAsync(o => o with { UnknownSettings = options.UnknownSettings });
        gateway.Logs.All.ShouldContain(line => line.Contains("did you mean GRANARY_RATE_PER_KEY?", StringComparison.Ordinal));
    }
}
