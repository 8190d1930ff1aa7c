using System.Text.Json.Nodes;
using Granary.Instana.Connections;
using Granary.Instana.Operations;
using Granary.Simulator;
using Granary.Simulator.Setup;
using Granary.Tenants.Instana;
using Granary.Vault.Keys;
using Granary.Vault.OutsideFiles;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Tenants.Tests.Instana;

/// <summary>Hosts and held credentials of each tenant: nothing of one serves another, and a file follows what an operator does.</summary>
[Trait("Kind", "Hostile")]
public sealed class TenantBackendsTests : IAsyncLifetime, IDisposable
{
    private static readonly TenantId Acme = TenantId.Parse("acme");
    private static readonly TenantId Globex = TenantId.Parse("globex");

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-backends-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly KeyRing _keys = KeyRing.CreateFresh();
    private SimulatorHost _simulator = null!;
    private InstanaOptions _shared = null!;

    private string Path => System.IO.Path.Combine(_folder, "tenants.json");

    private string Url => _simulator.Url.GetLeftPart(UriPartial.Authority);

    public async Task InitializeAsync()
    {
        _simulator = await SimulatorHost.StartAsync(new SimulatorOptions { Port = 0 });
        _shared = new InstanaOptions
        {
            TenantsFile = Path,
            Environment = new InstanaEnvironment(Url, "the-operators-own"),
            SharedCredentials = true,
            Retry = new RetryOptions { MaxRetries = 0 },
        };
    }

    public async Task DisposeAsync() => await _simulator.DisposeAsync();

    public void Dispose()
    {
        _keys.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_tenants_unit_is_called_with_the_token_that_is_held_for_it()
    {
        Write((Acme, Unit(Acme, "prod", "token-of-acme")), (Globex, Unit(Globex, "prod", "token-of-globex")));
        using var backends = Backends();
        await CallAsync(backends, Acme, "prod");
        await CallAsync(backends, Globex, "PROD");
        Tokens().ShouldBe(["apiToken token-of-acme", "apiToken token-of-globex"]);
        var options = backends.For(Acme);
        (options.Environment, options.SharedCredentials, options.Units.Count).ShouldBe((null, false, 0));
        backends.For(TenantId.Parse("other")).ShouldBeSameAs(_shared);
    }

    [Fact]
    public async Task A_token_that_is_exchanged_or_taken_away_serves_no_further_call()
    {
        Write((Acme, Unit(Acme, "prod", "old")));
        using var backends = Backends();
        using var factory = new InstanaActivationFactory(_shared, backends, TimeProvider.System);
        var instana = factory.Create(Acme, Held("prod"));
        await instana.CallAsync(Events(), default);
        Write((Acme, Unit(Acme, "prod", "new")));
        _time.Advance(WatchedFile.ReadEvery);
        await instana.CallAsync(Events(), default);
        Tokens().ShouldBe(["apiToken old", "apiToken new"]);
        Write((Acme, new TenantBackendsEntry(Hosts: [])));
        _time.Advance(WatchedFile.ReadEvery);
        (await Should.ThrowAsync<TenantException>(() => instana.CallAsync(Events(), default))).Failure.ShouldBe(TenantFailure.NotFound);
        Tokens().Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_a_gateway_says_about_the_address_counts_for_nothing()
    {
        await using var thief = await SimulatorHost.StartAsync(new SimulatorOptions { Port = 0 });
        Write((Acme, Unit(Acme, "prod", "token-of-acme")));
        using var backends = Backends();
        using var factory = new InstanaActivationFactory(_shared, backends, TimeProvider.System);
        await factory.Create(Acme, new InstanaConnection(thief.Url, new HeldCredential("prod"))).CallAsync(Events(), default);
        thief.Requests.Total.ShouldBe(0);
        Tokens().ShouldBe(["apiToken token-of-acme"]);
    }

    [Fact]
    public async Task A_unit_of_another_tenant_does_not_exist()
    {
        Write((Acme, Unit(Acme, "prod", "token-of-acme")), (Globex, new TenantBackendsEntry(Hosts: [])));
        using var backends = Backends();
        (await Should.ThrowAsync<TenantException>(() => CallAsync(backends, Globex, "prod"))).Failure.ShouldBe(TenantFailure.NotFound);
        (await Should.ThrowAsync<TenantException>(() => CallAsync(backends, TenantId.Parse("other"), "prod"))).Failure.ShouldBe(TenantFailure.NotFound);
        _simulator.Requests.Total.ShouldBe(0);
    }

    [Theory]
    [InlineData("tenant")]
    [InlineData("alias")]
    [InlineData("address")]
    [InlineData("changed")]
    [InlineData("no Base64")]
    [InlineData("another key")]
    public void A_sealed_token_opens_only_where_it_was_sealed_for(string moved)
    {
        var unit = Unit(Acme, "prod", "token-of-acme");
        var known = unit.Units!["prod"];
        using var other = KeyRing.CreateFresh();
        var (tenant, entry) = moved switch
        {
            "tenant" => (Globex, unit),
            "alias" => (Acme, new TenantBackendsEntry(Units: new Dictionary<string, HeldUnitEntry> { ["test"] = known })),
            "address" => (Acme, One(known with { BaseUrl = "https://unit.thief.example" })),
            "changed" => (Acme, One(known with { SealedToken = Changed(known.SealedToken) })),
            "no Base64" => (Acme, One(known with { SealedToken = "token-of-acme" })),
            _ => (Acme, One(HeldUnitEntry.Seal(other, Acme, "prod", Url, "token-of-acme"))),
        };
        Write((tenant, entry));
        var problem = Should.Throw<InvalidDataException>(Backends).Message;
        problem.ShouldContain(moved == "another key" ? "GRANARY_KEK" : "does not open");
        problem.ShouldNotContain("token-of-acme");

        static TenantBackendsEntry One(HeldUnitEntry unit) => new(Units: new Dictionary<string, HeldUnitEntry> { ["prod"] = unit });

        static string Changed(string text) => $"{text[..^6]}{(text[^6] == 'A' ? 'B' : 'A')}{text[^5..]}";
    }

    [Fact]
    public void A_unit_written_with_a_slash_or_api_at_its_end_is_the_same_unit()
    {
        var known = HeldUnitEntry.Seal(_keys, Acme, "prod", "https://unit-acme.instana.io/api/", "t-1");
        (known with { BaseUrl = "https://UNIT-acme.instana.io" }).Open(_keys, Acme, "Prod").ShouldBe("t-1");
    }

    [Fact]
    public void A_key_is_rotated_by_sealing_with_the_first_of_the_ring()
    {
        var (old, fresh) = (new byte[32], Enumerable.Repeat((byte)7, 32).ToArray());
        using var before = new KeyRing([[.. old]]);
        using var both = new KeyRing([[.. fresh], [.. old]]);
        using var after = new KeyRing([[.. fresh]]);
        var unit = HeldUnitEntry.Seal(before, Acme, "prod", Url, "t-1");
        var again = unit.Rewrap(both, Acme, "prod").ShouldNotBeNull();
        again.Rewrap(both, Acme, "prod").ShouldBeNull();
        again.Open(after, Acme, "prod").ShouldBe("t-1");
        Should.Throw<InvalidDataException>(() => unit.Open(after, Acme, "prod"));
    }

    [Fact]
    public void Hosts_of_a_tenant_stand_in_for_those_of_all()
    {
        _shared = _shared with { AllowedHosts = HostAllowList.Parse(["*.instana.io", "shared.example"]) };
        Write((Acme, new TenantBackendsEntry(Hosts: ["unit-acme.instana.io"])), (Globex, new TenantBackendsEntry(Hosts: [])));
        using var backends = Backends();
        var (acme, globex) = (backends.For(Acme), backends.For(Globex));
        acme.CheckHost(new Uri("https://unit-acme.instana.io")).ShouldBeNull();
        acme.CheckHost(new Uri("https://unit-globex.instana.io")).ShouldBe(
            "The Instana host 'unit-globex.instana.io' is not on the list of allowed hosts; an operator can add it to \"hosts\" of tenant 'acme' in INSTANA_TENANTS.");
        acme.CheckHost(new Uri("https://shared.example")).ShouldNotBeNull();
        // The operator's own address is an exemption for those who share it.
        acme.CheckHost(new Uri(Url)).ShouldNotBeNull();
        globex.CheckHost(new Uri("https://unit-globex.instana.io")).ShouldNotBeNull();
    }

    [Fact]
    public void A_silo_checks_the_tenants_hosts_again()
    {
        Write((Acme, new TenantBackendsEntry(Hosts: ["unit-acme.instana.io"])));
        using var backends = Backends();
        using var factory = new InstanaActivationFactory(_shared, backends, TimeProvider.System);
        Should.Throw<TenantException>(() => factory.Create(Acme, new InstanaConnection(new Uri("https://unit-globex.instana.io"), new ApiTokenCredential("t"))))
            .Failure.ShouldBe(TenantFailure.InvalidInput);
    }

    [Theory]
    [InlineData("""{}""", "has no \"tenants\"")]
    [InlineData("""{"tenants":null}""", "has no \"tenants\"")]
    [InlineData("""{"tenants":[]}""", "line 1")]
    [InlineData("""{"tenants":{"acme":null}}""", "tenant 'acme': it is null")]
    [InlineData("""{"tenants":{"a/b":{}}}""", "tenant 'a/b'")]
    [InlineData("""{"tenants":{"acme":{"host":["a.example"]}}}""", "line 1")]
    [InlineData("""{"tenants":{"acme":{},"acme":{}}}""", "line 1")]
    [InlineData("""{"tenants":{"acme":{"hosts":["*"]}}}""", "'*' is not an allowed-host entry")]
    [InlineData("""{"tenants":{"acme":{"hosts":[null]}}}""", "'' is not an allowed-host entry")]
    [InlineData("""{"tenants":{"acme":{"units":{"prod":null}}}}""", "unit 'prod'")]
    [InlineData("""{"tenants":{"acme":{"units":{"prod":{"base_url":"http://unit.example","sealed_token":"x"}}}}}""", "must use https")]
    [InlineData("""{"tenants":{"acme":{"units":{"prod":{"base_url":"https://u.instana.io"}}}}}""", "has no sealed_token")]
    [InlineData("""{"tenants":{"acme":{"units":{"a b":{"base_url":"https://u.instana.io","sealed_token":"x"}}}}}""", "alias has 1 to 64")]
    [InlineData("""{"tenants":{"acme":{"units":{"prod":{"base_url":"https://u.instana.io","api_token":"hunter2"}}}}}""", "'units add'")]
    [InlineData("""{"tenants":{"acme":{"default":"prod"}}}""", "there is no such unit")]
    [InlineData("""not json hunter2""", "line 1")]
    [InlineData("", "line 1")]
    public void A_file_that_cannot_be_used_ends_the_start_with_a_sentence_that_quotes_no_token(string text, string says)
    {
        File.WriteAllText(Path, text);
        var problem = Should.Throw<InvalidDataException>(Backends).Message;
        problem.ShouldContain(says);
        problem.ShouldContain("INSTANA_TENANTS");
        problem.ShouldNotContain("hunter2");
    }

    [Fact]
    public void A_file_that_breaks_later_leaves_the_last_good_one_in_force()
    {
        Write((Acme, new TenantBackendsEntry(Hosts: ["unit-acme.instana.io"])));
        using var backends = Backends();
        File.WriteAllText(Path, "{");
        _time.Advance(WatchedFile.ReadEvery);
        backends.IsReady.ShouldBeTrue();
        _time.Advance(WatchedFile.ReadEvery);
        backends.IsReady.ShouldBeFalse();
        backends.For(Acme).CheckHost(new Uri("https://unit-acme.instana.io")).ShouldBeNull();
    }

    [Fact]
    public async Task A_process_without_keys_names_units_and_opens_none()
    {
        Write((Acme, Unit(Acme, "prod", "token-of-acme")));
        using var backends = new TenantBackends(_shared, null, _time);
        backends.For(Acme).Held.Keys.ShouldBe(["prod"]);
        (await Should.ThrowAsync<TenantException>(() => CallAsync(backends, Acme, "prod"))).Message.ShouldContain("no key-encryption key");
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("line\nbreak")]
    [InlineData("ünicode")]
    [InlineData("")]
    public void What_is_no_token_is_not_sealed(string token) =>
        Should.Throw<InvalidDataException>(() => HeldUnitEntry.Seal(_keys, Acme, "prod", Url, token)).Message.ShouldStartWith("The API token");

    private TenantBackends Backends() => new(_shared, _keys, _time);

    private TenantBackendsEntry Unit(TenantId tenant, string name, string token) =>
        new(Units: new Dictionary<string, HeldUnitEntry> { [name] = HeldUnitEntry.Seal(_keys, tenant, name, Url, token) });

    private void Write(params (TenantId Tenant, TenantBackendsEntry Entry)[] tenants) =>
        File.WriteAllBytes(Path, new TenantBackendsFile(tenants.ToDictionary(t => t.Tenant.Value, t => t.Entry)).Write());

    private InstanaConnection Held(string unit) => new(_simulator.Url, new HeldCredential(unit));

    private async Task CallAsync(TenantBackends backends, TenantId tenant, string unit)
    {
        using var factory = new InstanaActivationFactory(_shared, backends, TimeProvider.System);
        var result = await factory.Create(tenant, Held(unit)).CallAsync(Events(), default);
        JsonNode.Parse(result.Json.Span)!["results"].ShouldNotBeNull();
    }

    private static InstanaCall Events() => new("manage_events", null, "get_events", """{"time_range":"2h"}"""u8.ToArray());

    private List<string> Tokens() => [.. _simulator.Requests.Seen.Select(request => request.Headers["Authorization"])];
}
