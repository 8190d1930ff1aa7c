using System.CommandLine;
using Granary.Gateway.Configuration;
using Granary.Gateway.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Granary.Gateway.Tests.Configuration;

/// <summary>Flags over <c>--env</c> over the environment over the file of <c>--env-file</c> over defaults.</summary>
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
        File.WriteAllText("a.env", file);
        Read(Split($"--env-file a.env {flag} {env}"), environment).Port.ShouldBe(port);
    }

    [Theory]
    [InlineData("", "", false)]
    [InlineData("--transport stdio", "", true)]
    [InlineData("", "GRANARY_TRANSPORT=stdio", true)]
    [InlineData("", "GRANARY_TRANSPORT=http", false)]
    [InlineData("--transport streamable-http", "GRANARY_TRANSPORT=stdio", false)]
    public void The_transport_is_a_flag_or_a_variable(string flag, string environment, bool stdio) =>
        Read(Split(flag), environment).OverStdio.ShouldBe(stdio);

    [Fact]
    public void Another_transport_is_refused_with_both_names() =>
        Should.Throw<InvalidDataException>(() => Read([], "GRANARY_TRANSPORT=sse")).Message
            .ShouldBe("--transport (GRANARY_TRANSPORT) is streamable-http or stdio; it is 'sse'.");

    [Fact]
    public void A_file_in_the_working_directory_is_not_read_unless_it_is_named()
    {
        File.WriteAllText(".env", "PORT=4\nGRANARY_HOST=0.0.0.0\nGRANARY_ALLOW_ANONYMOUS=true\nINSTANA_BASE_URL=https://evil.example\nINSTANA_SSL_VERIFY=false\n");
        var options = Read([], "INSTANA_API_TOKEN=t");
        (options.Port, options.Host, options.AllowAnonymous, options.Instana.VerifyTls).ShouldBe((8080, "127.0.0.1", false, true));
        options.Instana.Environment!.BaseUrl.ShouldBeNull();
        Read(Split("--env-file .env")).Port.ShouldBe(4);
    }

    [Theory]
    [InlineData("INSTANA_BASE_URL=https://evil.example", "INSTANA_API_TOKEN=t", "")]
    [InlineData("INSTANA_SSL_VERIFY=false", "INSTANA_API_TOKEN=t", "--base-url https://a.instana.io")]
    [InlineData("INSTANA_CA_BUNDLE=/etc/evil.pem", "INSTANA_API_TOKEN=t", "--base-url https://a.instana.io")]
    [InlineData("INSTANA_BASE_URL=https://evil.example", "", "--api-token t")]
    [InlineData("INSTANA_BASE_URL=https://evil.example", "", "--env INSTANA_API_TOKEN=t")]
    [InlineData("INSTANA_API_TOKEN=t", "INSTANA_BASE_URL=https://other.example", "")]
    [InlineData("INSTANA_API_TOKEN=t", "", "--base-url https://other.example")]
    [InlineData("INSTANA_BASE_URL=https://evil.example", "INSTANA_API_TOKEN_FILE=t", "")]
    [InlineData("INSTANA_API_TOKEN_FILE=t", "INSTANA_BASE_URL=https://other.example", "")]
    public void A_token_goes_only_where_its_own_source_says(string file, string environment, string flags)
    {
        File.WriteAllText("a.env", file);
        var refusal = Should.Throw<InvalidDataException>(() => Read(Split($"--env-file a.env {flags}"), environment)).Message;
        refusal.ShouldContain("INSTANA_API_TOKEN");
        refusal.ShouldContain(file[..file.IndexOf('=', StringComparison.Ordinal)]);
        refusal.ShouldContain("a.env");
    }

    [Fact]
    public void A_token_and_its_address_may_come_from_one_file_or_from_flag_and_environment()
    {
        File.WriteAllText("a.env", "INSTANA_API_TOKEN=t\nINSTANA_BASE_URL=https://a.instana.io\n");
        Read(Split("--env-file a.env")).Instana.Environment.ShouldBe(new Granary.Instana.Connections.InstanaEnvironment("https://a.instana.io", "t"));
        Read(Split("--base-url https://a.instana.io"), "INSTANA_API_TOKEN=t").Instana.Environment!.ApiToken.ShouldBe("t");
    }

    [Theory]
    [InlineData("--host ::1", "GRANARY_HOST=127.0.0.2", "Host", "::1")]
    [InlineData("", "GRANARY_HOST=127.0.0.2", "Host", "127.0.0.2")]
    [InlineData("--second-port 8765", "GRANARY_SECOND_PORT=8766", "SecondPort", "8765")]
    [InlineData("", "GRANARY_SECOND_PORT=8765", "SecondPort", "8765")]
    [InlineData("", "GRANARY_HTTP2_PORT=8082", "Http2Port", "8082")]
    [InlineData("--data /x", "GRANARY_DATA=/y", "DataFolder", "/x")]
    [InlineData("", "GRANARY_DATA=/y", "DataFolder", "/y")]
    [InlineData("--api-keys /x", "GRANARY_API_KEYS=/y", "ApiKeyFile", "/x")]
    [InlineData("", "GRANARY_API_KEYS=/y", "ApiKeyFile", "/y")]
    [InlineData("--issuers /x", "GRANARY_ISSUERS=/y", "IssuersFile", "/x")]
    [InlineData("", "GRANARY_ISSUERS=/y", "IssuersFile", "/y")]
    [InlineData("--policy /x", "GRANARY_POLICY_FILE=/y", "PolicyFile", "/x")]
    [InlineData("", "GRANARY_POLICY_FILE=/y", "PolicyFile", "/y")]
    [InlineData("--public-url https://a.example", "GRANARY_PUBLIC_URL=https://b.example", "PublicUrl", "https://a.example/")]
    [InlineData("", "GRANARY_PUBLIC_URL=http://127.0.0.1:8080", "PublicUrl", "http://127.0.0.1:8080/")]
    [InlineData("--log-level ERROR", "LOG_LEVEL=DEBUG", "LogLevel", "Error")]
    [InlineData("--log-level critical", "", "LogLevel", "Critical")]
    [InlineData("", "LOG_LEVEL=warning", "LogLevel", "Warning")]
    [InlineData("--debug --log-level ERROR", "", "LogLevel", "Debug")]
    [InlineData("--allow-anonymous", "", "AllowAnonymous", "True")]
    [InlineData("", "GRANARY_ALLOW_ANONYMOUS=yes", "AllowAnonymous", "True")]
    [InlineData("", "GRANARY_ONE_SHOT=off", "AllowOneShot", "False")]
    [InlineData("", "GRANARY_COMPRESS_LISTS=on", "CompressLists", "True")]
    [InlineData("--read-only", "", "ReadOnly", "True")]
    [InlineData("", "GRANARY_READ_ONLY=yes", "ReadOnly", "True")]
    [InlineData("", "GRANARY_SESSION_KEYS=abc", "SessionKeys", "abc")]
    [InlineData("", "GRANARY_SESSION_LIFETIME=60", "SessionLifetime", "00:01:00")]
    [InlineData("", "GRANARY_CALL_TIMEOUT=7", "CallTimeout", "00:00:07")]
    [InlineData("", "GRANARY_DRAIN_DELAY=0", "DrainDelay", "00:00:00")]
    [InlineData("", "GRANARY_SHUTDOWN_TIMEOUT=5", "ShutdownTimeout", "00:00:05")]
    [InlineData("", "GRANARY_MAX_CALLS_PER_TENANT=3", "MaxCallsPerTenant", "3")]
    [InlineData("", "GRANARY_MAX_STREAMS_PER_TENANT=3", "MaxStreamsPerTenant", "3")]
    [InlineData("", "GRANARY_MAX_CALLS_PER_KEY=3", "MaxCallsPerKey", "3")]
    [InlineData("", "GRANARY_RATE_PER_KEY=3", "RatePerKey", "3")]
    [InlineData("", "", "RatePerKey", "0")]
    [InlineData("--api-keys k", "", "RatePerKey", "100")]
    [InlineData("--api-keys k", "GRANARY_RATE_PER_KEY=0", "RatePerKey", "0")]
    [InlineData("", "GRANARY_BURST_PER_KEY=3", "BurstPerKey", "3")]
    [InlineData("", "GRANARY_RATE_PER_TENANT=3", "RatePerTenant", "3")]
    [InlineData("--api-keys k", "", "RatePerTenant", "500")]
    [InlineData("", "GRANARY_BURST_PER_TENANT=3", "BurstPerTenant", "3")]
    [InlineData("", "GRANARY_BYTES_PER_TENANT=3", "BytesPerTenant", "3")]
    [InlineData("--api-keys k", "", "BytesPerTenant", "20000000")]
    [InlineData("", "", "MaxVaultsPerTenant", "10000")]
    [InlineData("", "GRANARY_MAX_VAULTS_PER_TENANT=3", "MaxVaultsPerTenant", "3")]
    [InlineData("", "GRANARY_MAX_STREAMS_PER_KEY=3", "MaxStreamsPerKey", "3")]
    [InlineData("", "GRANARY_MAX_CONNECTIONS=30", "MaxConnections", "30")]
    [InlineData("--path-base /a/b/", "GRANARY_PATH_BASE=/c", "PathBase", "/a/b")]
    [InlineData("", "GRANARY_PATH_BASE=/c", "PathBase", "/c")]
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
    [InlineData("", "INSTANA_API_TOKEN_FILE=token", "from-file")]
    [InlineData("--api-token-file token", "INSTANA_API_TOKEN=x", "from-file")]
    [InlineData("--api-token t", "INSTANA_API_TOKEN_FILE=token", "t")]
    public void A_token_is_read_from_a_file(string flags, string environment, string token)
    {
        File.WriteAllText("token", "from-file\n");
        Read(Split(flags), environment).Instana.Environment!.ApiToken.ShouldBe(token);
    }

    [Theory]
    [InlineData("", "INSTANA_API_TOKEN_FILE=nowhere", "cannot be read")]
    [InlineData("", "INSTANA_API_TOKEN_FILE=empty", "is empty")]
    [InlineData("", "INSTANA_API_TOKEN_FILE=long", "at most 8192 are read")]
    [InlineData("--env INSTANA_API_TOKEN_FILE=token", "INSTANA_API_TOKEN=secret", "give one of them")]
    public void A_file_that_has_no_token_ends_the_start(string flags, string environment, string sentence)
    {
        File.WriteAllText("empty", " \n");
        File.WriteAllText("token", "from-file");
        File.WriteAllText("long", new string('x', 8193));
        var refusal = Should.Throw<InvalidDataException>(() => Read(Split(flags), environment)).Message;
        refusal.ShouldContain(sentence);
        refusal.ShouldNotContain("secret");
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
        Read([], "GRANARY_ALLOWED_ORIGINS=https://X.example:8443/").AllowedOrigins.ShouldBe(["https://x.example:8443"]);
    }

    [Theory]
    [InlineData("", "GRANARY_PUBLIC_URL=granary.example.com", "GRANARY_PUBLIC_URL")]
    [InlineData("", "GRANARY_PUBLIC_URL=http://granary.example.com", "GRANARY_PUBLIC_URL")]
    [InlineData("--public-url https://a.example/mcp", "", "--public-url")]
    [InlineData("--public-url https://a.example?x=1", "", "--public-url")]
    [InlineData("", "PORT=banana", "PORT")]
    [InlineData("", "PORT=65536", "PORT")]
    [InlineData("", "PORT=-1", "PORT")]
    [InlineData("--port 65536", "", "--port")]
    [InlineData("--port -1", "", "--port")]
    [InlineData("--second-port 65536", "", "--second-port")]
    [InlineData("--second-port 8080", "", "--second-port")]
    [InlineData("", "GRANARY_SECOND_PORT=banana", "GRANARY_SECOND_PORT")]
    [InlineData("--log-level LOUD", "", "LOUD")]
    [InlineData("", "LOG_LEVEL=LOUD", "LOG_LEVEL (or --log-level) is DEBUG")]
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

    /// <summary>What a setting takes stands in the sentence, with its name and the value that was given.</summary>
    [Theory]
    [InlineData("--base-url notaurl", "", "--base-url", "https://unit-tenant.instana.io")]
    [InlineData("--base-url https://a.instana.io/some/path", "", "--base-url", "https://unit-tenant.instana.io")]
    [InlineData("", "INSTANA_BASE_URL=ftp://a.instana.io", "INSTANA_BASE_URL", "https://unit-tenant.instana.io")]
    [InlineData("", "INSTANA_API_TOKEN=a b", "INSTANA_API_TOKEN", "visible ASCII")]
    [InlineData("", "INSTANA_API_TIMEOUT=180s", "INSTANA_API_TIMEOUT", "180")]
    [InlineData("", "INSTANA_CACHE_TTL=soon", "INSTANA_CACHE_TTL", "1800")]
    [InlineData("", "INSTANA_CA_BUNDLE=no-such-file.pem", "INSTANA_CA_BUNDLE", "PEM")]
    [InlineData("", "INSTANA_ALLOWED_HOSTS=*", "INSTANA_ALLOWED_HOSTS", "*.domain")]
    [InlineData("", "GRANARY_CALL_TIMEOUT=200s", "GRANARY_CALL_TIMEOUT", "for example 200")]
    [InlineData("", "GRANARY_SESSION_LIFETIME=24h", "GRANARY_SESSION_LIFETIME", "for example 86400")]
    [InlineData("", "GRANARY_ALLOWED_HOSTS=*.corp", "GRANARY_ALLOWED_HOSTS", "granary.example.com")]
    [InlineData("", "GRANARY_ALLOWED_HOSTS=https://granary.example.com", "GRANARY_ALLOWED_HOSTS", "granary.example.com")]
    [InlineData("", "GRANARY_ALLOWED_HOSTS=granary.example.com/mcp", "GRANARY_ALLOWED_HOSTS", "granary.example.com")]
    [InlineData("", "GRANARY_ALLOWED_HOSTS=a:b", "GRANARY_ALLOWED_HOSTS", "granary.example.com")]
    [InlineData("--allowed-hosts a,*.b", "", "--allowed-hosts", "granary.example.com")]
    [InlineData("", "GRANARY_ALLOWED_ORIGINS=x", "GRANARY_ALLOWED_ORIGINS", "https://inspector.example.com")]
    [InlineData("", "GRANARY_ALLOWED_ORIGINS=https://*.corp", "GRANARY_ALLOWED_ORIGINS", "https://inspector.example.com")]
    [InlineData("", "GRANARY_ALLOWED_ORIGINS=https://a.example/path", "GRANARY_ALLOWED_ORIGINS", "https://inspector.example.com")]
    [InlineData("", "GRANARY_ALLOWED_ORIGINS=https://a.example:443", "GRANARY_ALLOWED_ORIGINS", "https://inspector.example.com")]
    [InlineData("--allowed-origins null", "", "--allowed-origins", "https://inspector.example.com")]
    [InlineData("--host granary.example.com", "", "--host", "0.0.0.0")]
    [InlineData("", "GRANARY_HOST=0.0.0.0:8080", "GRANARY_HOST", "0.0.0.0")]
    [InlineData("--path-base granary", "", "--path-base", "/granary")]
    [InlineData("--path-base //evil.example", "", "--path-base", "/granary")]
    [InlineData("--path-base /a?b", "", "--path-base", "/granary")]
    [InlineData("--path-base /a/../b", "", "--path-base", "/granary")]
    [InlineData("", "GRANARY_MAX_STREAMS_PER_KEY=0", "GRANARY_MAX_STREAMS_PER_KEY", "1000000")]
    [InlineData("", "GRANARY_MAX_STREAMS_PER_TENANT=x", "GRANARY_MAX_STREAMS_PER_TENANT", "1000000")]
    [InlineData("", "GRANARY_MAX_CONNECTIONS=1", "GRANARY_MAX_CONNECTIONS", "1000000")]
    [InlineData("--env-file no-such-file", "", "--env-file", "there is none")]
    public void A_wrong_value_ends_the_start_with_its_right_form(string flags, string environment, string name, string form)
    {
        var refusal = Should.Throw<InvalidDataException>(() => Read(Split(flags), environment)).Message;
        refusal.ShouldContain(name);
        refusal.ShouldContain(form);
    }

    [Theory]
    [InlineData("granary.example.com")]
    [InlineData("granary.example.com:8443")]
    [InlineData("granary_1")]
    [InlineData("10.0.0.5")]
    [InlineData("[::1]:8080")]
    [InlineData("::1")]
    [InlineData("*")]
    public void Hosts_that_a_request_can_name_are_allowed(string host) => Read([], $"GRANARY_ALLOWED_HOSTS={host}").AllowedHosts.ShouldBe([host]);

    [Fact]
    public void The_env_file_has_comments_quotes_and_exports()
    {
        File.WriteAllText("a.env", "# PORT=1\n\nexport PORT=2\nGRANARY_HOST = '127.0.0.9' \nGRANARY_DATA=\"a b\"\nLOG_LEVEL=DEBUG=x\r\n");
        var values = DotEnv.Load("a.env");
        values.ShouldBe(new Dictionary<string, string> { ["PORT"] = "2", ["GRANARY_HOST"] = "127.0.0.9", ["GRANARY_DATA"] = "a b", ["LOG_LEVEL"] = "DEBUG=x" });
    }

    [Theory]
    [InlineData("PORT=1\nsecret-without-a-name\n", "line 2")]
    [InlineData("=secret-without-a-name", "line 1")]
    [InlineData("A B=secret-without-a-name", "line 1")]
    [InlineData("PORT=1\n\nPORT=secret-without-a-name", "line 3")]
    public void A_line_of_the_env_file_that_is_none_is_named_and_not_shown(string text, string line)
    {
        File.WriteAllText("a.env", text);
        var refusal = Should.Throw<InvalidDataException>(() => DotEnv.Load("a.env")).Message;
        refusal.ShouldContain(line);
        refusal.ShouldNotContain("secret");
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
