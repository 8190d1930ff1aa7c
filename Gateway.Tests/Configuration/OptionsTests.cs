using System.CommandLine;
using Granary.Gateway.Configuration;
using Granary.Gateway.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Granary.Gateway.Tests.Configuration;

/// <summary>Flags over <c>--env</c> over the environment over <c>.env</c> over defaults.</summary>
[Collection(ProcessWide.Name)]
public sealed class OptionsTests : IDisposable
{
    private readonly string _before = Environment.CurrentDirectory;
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-env-").FullName;

    public OptionsTests() => Environment.CurrentDirectory = _folder;

    public void Dispose()
    {
        Environment.CurrentDirectory = _before;
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Without_anything_the_defaults_hold()
    {
        var options = Read([]);
        (options.Host, options.Port, options.DataFolder, options.LogLevel).ShouldBe(("127.0.0.1", 8080, "granary-data", LogLevel.Information));
        (options.ApiKeyFile, options.AllowAnonymous, options.Tools.Count, options.Instana.VerifyTls).ShouldBe((null, false, 0, true));
        options.Instana.Timeout.ShouldBe(TimeSpan.FromSeconds(180));
    }

    [Theory]
    [InlineData("--port 1", "--env PORT=2", "PORT=3", "PORT=4", 1)]
    [InlineData("", "--env PORT=2", "PORT=3", "PORT=4", 2)]
    [InlineData("", "", "PORT=3", "PORT=4", 3)]
    [InlineData("", "", "", "PORT=4", 4)]
    [InlineData("", "", "", "", 8080)]
    public void Port_comes_from_where_it_counts_most(string flag, string env, string environment, string file, int port)
    {
        File.WriteAllText(".env", file);
        Read(Split($"{flag} {env}"), environment).Port.ShouldBe(port);
    }

    [Theory]
    [InlineData("--host ::1", "GRANARY_HOST=127.0.0.2", "Host", "::1")]
    [InlineData("", "GRANARY_HOST=127.0.0.2", "Host", "127.0.0.2")]
    [InlineData("--second-port 8765", "GRANARY_SECOND_PORT=8766", "SecondPort", "8765")]
    [InlineData("", "GRANARY_SECOND_PORT=8765", "SecondPort", "8765")]
    [InlineData("--data /x", "GRANARY_DATA=/y", "DataFolder", "/x")]
    [InlineData("", "GRANARY_DATA=/y", "DataFolder", "/y")]
    [InlineData("--api-keys /x", "GRANARY_API_KEYS=/y", "ApiKeyFile", "/x")]
    [InlineData("", "GRANARY_API_KEYS=/y", "ApiKeyFile", "/y")]
    [InlineData("--log-level ERROR", "LOG_LEVEL=DEBUG", "LogLevel", "Error")]
    [InlineData("--log-level critical", "", "LogLevel", "Critical")]
    [InlineData("", "LOG_LEVEL=warning", "LogLevel", "Warning")]
    [InlineData("--debug --log-level ERROR", "", "LogLevel", "Debug")]
    [InlineData("--allow-anonymous", "", "AllowAnonymous", "True")]
    [InlineData("", "GRANARY_ALLOW_ANONYMOUS=yes", "AllowAnonymous", "True")]
    [InlineData("", "GRANARY_ONE_SHOT=off", "AllowOneShot", "False")]
    [InlineData("--read-only", "", "ReadOnly", "True")]
    [InlineData("", "GRANARY_READ_ONLY=yes", "ReadOnly", "True")]
    [InlineData("", "GRANARY_SESSION_KEYS=abc", "SessionKeys", "abc")]
    [InlineData("", "GRANARY_SESSION_LIFETIME=60", "SessionLifetime", "00:01:00")]
    [InlineData("", "GRANARY_CALL_TIMEOUT=7", "CallTimeout", "00:00:07")]
    [InlineData("", "GRANARY_DRAIN_DELAY=0", "DrainDelay", "00:00:00")]
    [InlineData("", "GRANARY_SHUTDOWN_TIMEOUT=5", "ShutdownTimeout", "00:00:05")]
    [InlineData("", "GRANARY_MAX_CALLS_PER_TENANT=3", "MaxCallsPerTenant", "3")]
    public void Every_setting_is_read(string flags, string environment, string property, string value) =>
        typeof(GatewayOptions).GetProperty(property)!.GetValue(Read(Split(flags), environment))!.ToString().ShouldBe(value);

    [Theory]
    [InlineData("--api-token t --base-url https://a.instana.io", "INSTANA_API_TOKEN=x", "t", "https://a.instana.io")]
    [InlineData("", "INSTANA_API_TOKEN=x", "x", null)]
    [InlineData("", "INSTANA_BASE_URL=https://b.instana.io", null, "https://b.instana.io")]
    public void Instana_credentials_come_from_flags_or_the_environment(string flags, string environment, string? token, string? address)
    {
        var instana = Read(Split(flags), environment).Instana;
        (instana.Environment?.ApiToken, instana.Environment?.BaseUrl).ShouldBe((token, address));
        instana.ToString().ShouldNotContain("ApiToken = t");
        instana.ToString().ShouldNotContain("ApiToken = x");
    }

    [Theory]
    [InlineData("--verify-ssl", "INSTANA_SSL_VERIFY=false", true)]
    [InlineData("--verify-ssl true", "", true)]
    [InlineData("--verify-ssl false", "", false)]
    [InlineData("", "INSTANA_SSL_VERIFY=0", false)]
    [InlineData("", "INSTANA_SSL_VERIFY=no", false)]
    [InlineData("", "", true)]
    public void Certificates_are_verified_unless_told_otherwise(string flags, string environment, bool verify) =>
        Read(Split(flags), environment).Instana.VerifyTls.ShouldBe(verify);

    [Fact]
    public void Lists_are_separated_by_commas()
    {
        var options = Read(Split("--tools vault,events --allowed-hosts a.example,,b.example --allowed-origins https://a.example --allowed-backends http://127.0.0.1:1"));
        options.Tools.ShouldBe(["vault", "events"]);
        options.AllowedHosts.ShouldBe(["a.example", "b.example"]);
        options.AllowedOrigins.ShouldBe(["https://a.example"]);
        options.Instana.CheckHost(new Uri("http://127.0.0.1:1")).ShouldBeNull();
        options.Instana.CheckHost(new Uri("http://127.0.0.1:2")).ShouldNotBeNull();
        Read([], "GRANARY_ALLOWED_HOSTS= x , y ").AllowedHosts.ShouldBe(["x", "y"]);
        Read([], "INSTANA_ALLOWED_HOSTS=x.example.com").Instana.CheckHost(new Uri("https://x.example.com")).ShouldBeNull();
        Read([], "GRANARY_ALLOWED_ORIGINS=x").AllowedOrigins.ShouldBe(["x"]);
    }

    [Theory]
    [InlineData("", "PORT=banana", "PORT")]
    [InlineData("", "PORT=65536", "PORT")]
    [InlineData("", "PORT=-1", "PORT")]
    [InlineData("--port 65536", "", "--port")]
    [InlineData("--port -1", "", "--port")]
    [InlineData("--second-port 65536", "", "--second-port")]
    [InlineData("--second-port 8080", "", "--second-port")]
    [InlineData("", "GRANARY_SECOND_PORT=banana", "GRANARY_SECOND_PORT")]
    [InlineData("--log-level LOUD", "", "LOUD")]
    [InlineData("", "LOG_LEVEL=LOUD", "LOUD")]
    [InlineData("--env NOPE", "", "--env")]
    [InlineData("--env =x", "", "--env")]
    [InlineData("--verify-ssl maybe", "", "--verify-ssl")]
    [InlineData("", "INSTANA_SSL_VERIFY=maybe", "INSTANA_SSL_VERIFY")]
    [InlineData("", "INSTANA_API_TIMEOUT=0", "INSTANA_API_TIMEOUT")]
    [InlineData("", "GRANARY_CALL_TIMEOUT=0", "GRANARY_CALL_TIMEOUT")]
    [InlineData("", "GRANARY_SESSION_LIFETIME=59", "GRANARY_SESSION_LIFETIME")]
    [InlineData("", "GRANARY_MAX_CALLS_PER_TENANT=0", "GRANARY_MAX_CALLS_PER_TENANT")]
    [InlineData("", "GRANARY_DRAIN_DELAY=1.5", "GRANARY_DRAIN_DELAY")]
    [InlineData("", "GRANARY_ALLOW_ANONYMOUS=perhaps", "GRANARY_ALLOW_ANONYMOUS")]
    [InlineData("", "GRANARY_SHAPE=banana", "GRANARY_SHAPE")]
    [InlineData("", "GRANARY_SHAPE=cluster", "GRANARY_REDIS")]
    [InlineData("", "GRANARY_SHAPE=replicas", "use GRANARY_SHAPE=cluster")]
    [InlineData("--env GRANARY_REDIS=127.0.0.1:1", "GRANARY_SHAPE=cluster", "GRANARY_SESSION_KEYS")]
    public void A_value_that_cannot_be_used_is_named(string flags, string environment, string named) =>
        Should.Throw<InvalidDataException>(() => Read(Split(flags), environment)).Message.ShouldContain(named);

    [Fact]
    public void The_env_file_has_comments_quotes_and_exports()
    {
        File.WriteAllText(".env", "# PORT=1\n\nexport PORT=2\nGRANARY_HOST = '127.0.0.9' \nGRANARY_DATA=\"a b\"\n=x\nnonsense\nLOG_LEVEL=DEBUG=x\r\n");
        var values = DotEnv.Load(".env");
        values.ShouldBe(new Dictionary<string, string> { ["PORT"] = "2", ["GRANARY_HOST"] = "127.0.0.9", ["GRANARY_DATA"] = "a b", ["LOG_LEVEL"] = "DEBUG=x" });
        DotEnv.Load("no-such-file").ShouldBeEmpty();
    }

    private static string[] Split(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static GatewayOptions Read(string[] args, string environment = "")
    {
        var flags = new CommandLine();
        var root = new RootCommand();
        foreach (var flag in flags.All)
            root.Options.Add(flag);
        var equals = environment.IndexOf('=', StringComparison.Ordinal);
        return OptionsReader.Read(flags, root.Parse(args), name => equals > 0 && name == environment[..equals] ? environment[(equals + 1)..] : null);
    }
}
