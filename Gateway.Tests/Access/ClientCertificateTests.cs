using System.Security.Cryptography.X509Certificates;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Tests.Support;
using Granary.Vault.OutsideFiles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Gateway.Tests.Access;

/// <summary>Callers that prove themselves with a certificate, over real TLS: whose it is says the key file, as with API keys.</summary>
[Trait("Kind", "Hostile")]
public sealed class ClientCertificateTests : IAsyncLifetime
{
    private const string Workload = "spiffe://acme/ci";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-certs-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(57));
    private readonly TestCertificates _authority = new();
    private readonly TestCertificates _other = new();
    private TestGateway _gateway = null!;
    private string _key = "";

    private string KeyFile => Path.Combine(_folder, "keys.json");

    public async Task InitializeAsync()
    {
        _key = Keys.Add(KeyFile, "globex", "*");
        _gateway = await StartAsync(withAuthority: true);
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _authority.Dispose();
        _other.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("uri:spiffe://acme/ci", Workload, null)]
    [InlineData("dns:ci.acme.example", null, "CI.acme.example")]
    public async Task One_of_the_authority_is_the_key_that_names_it(string name, string? uri, string? dns)
    {
        Register("ci", name);
        using var certificate = _authority.Client(uri, dns);
        using var http = Connect(certificate);
        (await WhoAsync(http)).ToolText.ShouldStartWith("acme/ci/");
        // The connection goes on; what was checked is remembered for a while and then checked again.
        _time.Advance(TimeSpan.FromMinutes(2));
        (await WhoAsync(http)).ToolText.ShouldStartWith("acme/ci/");
        // A renewed one of the same name is the same key.
        using var renewed = _authority.Client(uri, dns);
        using var again = Connect(renewed);
        (await WhoAsync(again)).ToolText.ShouldStartWith("acme/ci/");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_self_signed_one_is_the_key_that_has_its_hash(bool withAuthority)
    {
        await _gateway.DisposeAsync();
        _gateway = await StartAsync(withAuthority);
        using var certificate = TestCertificates.SelfSigned(uri: null);
        Register("laptop", CertificateName.Of(certificate));
        using var http = Connect(certificate);
        (await WhoAsync(http)).ToolText.ShouldStartWith("acme/laptop/");
        using var other = TestCertificates.SelfSigned(uri: null);
        using var stranger = Connect(other);
        (await WhoAsync(stranger)).ShouldFail(401, -32600);
    }

    [Theory]
    [InlineData("self-signed, with the name", "unknown certificate")]
    [InlineData("of another authority", "invalid certificate")]
    [InlineData("expired", "invalid certificate")]
    [InlineData("for servers", "invalid certificate")]
    [InlineData("without the name", "unknown certificate")]
    [InlineData("none", "no credential")]
    public async Task Any_other_is_refused(string which, string rule)
    {
        Register("ci", "uri:" + Workload);
        Register("server", "dns:localhost");
        using var certificate = which switch
        {
            "self-signed, with the name" => TestCertificates.SelfSigned(Workload),
            "of another authority" => _other.Client(Workload),
            "expired" => _authority.Client(Workload, until: DateTimeOffset.UnixEpoch.AddYears(50)),
            "for servers" => _authority.Server(),
            "without the name" => _authority.Client("spiffe://acme/other"),
            _ => null,
        };
        using var http = Connect(certificate);
        var refused = await WhoAsync(http);
        refused.ShouldFail(401, -32600);
        refused.Header("WWW-Authenticate").ShouldStartWith("Bearer");
        refused.ErrorText.ShouldContain("client certificate");
        _gateway.Logs.All.ShouldContain(line => line.Contains($"Refused with 401: {rule}; key -, from 127.0.0.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_ends_with_its_key_and_so_do_its_streams()
    {
        Register("ci", "uri:" + Workload);
        using var certificate = _authority.Client(Workload);
        using var http = Connect(certificate);
        using var stream = await http.OpenAsync(McpRequest.Modern("subscriptions/listen", """{"notifications":{"promptsListChanged":true}}"""));
        await stream.NextAsync();
        ApiKeyFile.Change(KeyFile, mayCreate: false, keys => keys.RemoveAll(key => key.Id == "ci"));
        _time.Advance(WatchedFile.ReadEvery);
        (await WhoAsync(http)).ShouldFail(401, -32600);
        await stream.ToEndAsync().WaitAsync(Guard.Time);
    }

    [Fact]
    public async Task A_key_beside_it_is_refused_where_both_prove_somebody()
    {
        Register("ci", "uri:" + Workload);
        using var certificate = _authority.Client(Workload);
        using var both = Connect(certificate);
        var refused = await both.PostAsync(McpRequest.Call("t_whoami").Header("X-API-Key", _key));
        refused.ShouldFail(401, -32600);
        refused.ErrorText.ShouldContain("send one of them");
        using var unknown = _authority.Client("spiffe://acme/other");
        using var one = Connect(unknown);
        (await one.PostAsync(McpRequest.Call("t_whoami").Header("X-API-Key", _key))).ToolText.ShouldStartWith("globex/");
        using var none = Connect(null);
        (await none.PostAsync(McpRequest.Call("t_whoami").Header("X-API-Key", _key))).ToolText.ShouldStartWith("globex/");
    }

    [Fact]
    public async Task Its_scopes_are_its_keys()
    {
        Register("reader", "uri:" + Workload, "vault:read");
        using var certificate = _authority.Client(Workload);
        using var http = Connect(certificate);
        (await http.CallAsync("init_vault", """{"vault_path":"x"}""")).Status.ShouldBe(403);
        (await http.CallAsync("list_vaults")).IsToolError.ShouldBeFalse();
    }

    [Fact]
    public async Task The_servers_certificate_is_renewed_while_it_runs()
    {
        var before = await ServersAsync();
        WriteServer();
        _time.Advance(WatchedFile.ReadEvery);
        (await ServersAsync()).ShouldNotBe(before);
    }

    [Theory]
    [InlineData("sha256:00")]
    [InlineData("dns:Upper.example")]
    [InlineData("CN=ci")]
    [InlineData("uri:")]
    public void A_name_that_is_none_is_refused_with_the_right_form(string name)
    {
        var entry = new ApiKeyEntry("ci", "acme", ["*"], null, null) { Certificate = name };
        entry.Problem()!.ShouldContain("key 'ci' needs as certificate sha256:");
        (entry with { Certificate = "dns:ci.example", Salt = new byte[16], Hash = new byte[32] }).Problem()!.ShouldContain("a certificate and a secret");
    }

    [Theory]
    [InlineData("GRANARY_TLS_CERT=a", "GRANARY_TLS_PORT")]
    [InlineData("GRANARY_TLS_PORT=8443 GRANARY_TLS_CERT=a", "GRANARY_TLS_KEY")]
    [InlineData("GRANARY_TLS_PORT=8443 GRANARY_TLS_CERT=a GRANARY_TLS_KEY=b GRANARY_CLIENT_CERTIFICATES=true", "GRANARY_API_KEYS")]
    [InlineData("GRANARY_TLS_PORT=8443 GRANARY_TLS_CERT=a GRANARY_TLS_KEY=b GRANARY_CLIENT_CA=c", "GRANARY_CLIENT_CERTIFICATES=true")]
    public void Settings_that_lack_one_say_which(string variables, string named)
    {
        var given = variables.Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        Should.Throw<InvalidDataException>(() => TlsSettings.Read(new Granary.Hosting.Configuration.Settings(name => given.GetValueOrDefault(name)), apiKeyFile: null))
            .Message.ShouldContain(named);
    }

    private Task<TestGateway> StartAsync(bool withAuthority)
    {
        WriteServer();
        var authorities = Path.Combine(_folder, "ca.pem");
        File.WriteAllText(authorities, _authority.Pem);
        var tls = new TlsSettings(0, Path.Combine(_folder, "server.pem"), Path.Combine(_folder, "server.key"))
        {
            AsksForCertificates = true,
            ClientAuthorities = withAuthority ? authorities : null,
        };
        return TestGateway.StartAsync(o => o with { ApiKeyFile = KeyFile, Tls = tls }, s => s.AddSingleton<TimeProvider>(_time));
    }

    private void WriteServer()
    {
        using var server = _authority.Server();
        File.WriteAllText(Path.Combine(_folder, "server.key"), server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(_folder, "server.pem"), server.ExportCertificatePem());
    }

    private void Register(string id, string certificate, string scope = "*")
    {
        ApiKeyFile.Add(KeyFile, new ApiKeyEntry(id, "acme", [scope], null, null) { Certificate = certificate });
        _time.Advance(WatchedFile.ReadEvery);
    }

    private McpHttp Connect(X509Certificate2? certificate, Action<X509Certificate>? seen = null) => new(_gateway.TlsRoot, handler =>
    {
        handler.SslOptions.RemoteCertificateValidationCallback = (_, remote, _, _) =>
        {
            seen?.Invoke(remote!);
            return remote!.Issuer == "CN=authority";
        };
        handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate!;
    });

    private async Task<string> ServersAsync()
    {
        var hash = "";
        using var http = Connect(null, seen => hash = seen.GetCertHashString());
        await WhoAsync(http);
        return hash;
    }

    private static Task<Answer> WhoAsync(McpHttp http) => http.CallAsync("t_whoami");
}
