using System.Security.Cryptography;
using Granary.Gateway.Hosting;
using Granary.Gateway.Tests.EndToEnd;
using Granary.Gateway.Tests.Support;
using Granary.Hosting.Configuration;
using Granary.Instana.Connections;
using Granary.Simulator;

namespace Granary.Gateway.Tests.Tools.Instana;

/// <summary>Tokens that the server holds for tenants: what the command writes, who is served with them, and who sees them, which is nobody.</summary>
[Collection(ProcessWide.Name)]
[Trait("Kind", "Hostile")]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2213", Justification = "The console's reader and writers are put back, and string writers hold nothing.")]
public sealed class HeldUnitTests : IDisposable
{
    private const string Token = "the-held-token-of-acme";
    private const string Days = """{"operation":"get_events","params":{"time_range":"last 3 days"}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-units-").FullName;
    private readonly (TextReader In, TextWriter Out, TextWriter Error, string? Kek) _before =
        (Console.In, Console.Out, Console.Error, Environment.GetEnvironmentVariable("GRANARY_KEK"));
    private readonly StringWriter _out = new();
    private readonly string _kek = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public HeldUnitTests()
    {
        Console.SetOut(_out);
        Console.SetError(_out);
        Environment.SetEnvironmentVariable("GRANARY_KEK", _kek);
    }

    private string Units => Path.Combine(_folder, "units.json");

    private string ApiKeys => Path.Combine(_folder, "keys.json");

    public void Dispose()
    {
        Console.SetIn(_before.In);
        Console.SetOut(_before.Out);
        Console.SetError(_before.Error);
        Environment.SetEnvironmentVariable("GRANARY_KEK", _before.Kek);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_tenants_clients_carry_no_credential_and_another_tenants_are_not_served()
    {
        await using var simulator = await Backend.Start(Token, seed: 1);
        (await AddAsync("acme", "prod", Backend.Address(simulator))).ShouldBe(0);
        var (acme, globex) = (Keys.Add(ApiKeys, "acme", "*"), Keys.Add(ApiKeys, "globex", "*"));
        await using var gateway = await StartAsync(simulator);
        using (var client = gateway.NewClient(("X-API-Key", acme)))
        {
            var answer = (await client.CallAsync("manage_events", Days)).Success();
            answer.ToString().ShouldNotContain(Token);
            (await client.CallAsync("manage_events", Days.Replace("\"params\"", "\"unit\":\"PROD\",\"params\"", StringComparison.Ordinal))).Success();
            (await client.CallAsync("manage_events", Days.Replace("\"params\"", "\"unit\":\"test\",\"params\"", StringComparison.Ordinal)))
                .Failure().ShouldContain("There is no unit 'test'; there are: prod.");
            // A host of the caller's choice is never given the token that is held for another.
            (await client.CallAsync("manage_events", Days, ("instana-base-url", Backend.Address(simulator)))).Failure().ShouldContain("missing required headers");
        }
        using (var client = gateway.NewClient(("X-API-Key", globex)))
            (await client.CallAsync("manage_events", Days)).Failure().ShouldContain("brought no Instana credentials");
        simulator.Requests.Seen.ShouldAllBe(request => request.Headers["Authorization"] == $"apiToken {Token}");
        gateway.Logged.ShouldAllBe(line => !line.Contains(Token));
    }

    [Fact]
    public async Task What_the_command_writes_and_prints_shows_no_token()
    {
        (await AddAsync("acme", "prod", "https://unit-acme.instana.io", "--default")).ShouldBe(0);
        (await AddAsync("acme", "test", "https://test-acme.instana.io")).ShouldBe(0);
        (await RunAsync("units", "list", "--file", Units)).ShouldBe(0);
        _out.ToString().ReplaceLineEndings("\n").ShouldEndWith("acme\tprod\thttps://unit-acme.instana.io\t*\nacme\ttest\thttps://test-acme.instana.io\t\n");
        (await File.ReadAllTextAsync(Units) + _out).ShouldNotContain(Token);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Units).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await RunAsync("units", "remove", "--file", Units, "--tenant", "acme", "--unit", "prod")).ShouldBe(0);
        (await RunAsync("units", "remove", "--file", Units, "--tenant", "acme", "--unit", "prod")).ShouldBe(2);
        _out.ToString().ShouldContain("has no unit 'prod' of tenant 'acme'; it has: test.");
    }

    [Fact]
    public async Task A_new_key_in_front_of_the_old_seals_all_again()
    {
        (await AddAsync("acme", "prod", "https://unit-acme.instana.io")).ShouldBe(0);
        var before = await File.ReadAllTextAsync(Units);
        var fresh = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        Environment.SetEnvironmentVariable("GRANARY_KEK", $"{fresh},{_kek}");
        (await RunAsync("units", "rewrap", "--file", Units)).ShouldBe(0);
        _out.ToString().ShouldContain("1 tokens seen, 1 sealed again.");
        (await File.ReadAllTextAsync(Units)).ShouldNotBe(before);
        Environment.SetEnvironmentVariable("GRANARY_KEK", _kek);
        (await RunAsync("units", "rewrap", "--file", Units)).ShouldBe(2);
        _out.ToString().ShouldContain("key-encryption key that is not in GRANARY_KEK");
    }

    [Theory]
    [InlineData("UPPER", "prod", "https://unit.instana.io", "t", "--tenant")]
    [InlineData("acme", "a b", "https://unit.instana.io", "t", "alias")]
    [InlineData("acme", "prod", "http://unit.instana.io", "t", "https")]
    [InlineData("acme", "prod", "unit.instana.io", "t", "http")]
    [InlineData("acme", "prod", "https://unit.instana.io", "two words", "visible ASCII")]
    [InlineData("acme", "prod", "https://unit.instana.io", "", "no token was given")]
    public async Task What_cannot_be_used_is_refused_and_nothing_is_written(string tenant, string unit, string url, string token, string says)
    {
        Console.SetIn(new StringReader(token + "\n"));
        (await RunAsync("units", "add", "--file", Units, "--tenant", tenant, "--unit", unit, "--base-url", url)).ShouldBe(2);
        _out.ToString().ShouldContain(says);
        File.Exists(Units).ShouldBeFalse();
    }

    [Fact]
    public async Task Without_a_key_encryption_key_nothing_is_kept_and_a_gateway_does_not_start()
    {
        (await AddAsync("acme", "prod", "https://unit-acme.instana.io")).ShouldBe(0);
        Environment.SetEnvironmentVariable("GRANARY_KEK", null);
        (await AddAsync("acme", "test", "https://unit-acme.instana.io")).ShouldBe(2);
        _out.ToString().ShouldContain("GRANARY_KEK or GRANARY_KEK_FILE is required");
        (await Should.ThrowAsync<InvalidDataException>(() => RunningGateway.StartAsync(o => o with { Instana = new InstanaOptions { TenantsFile = Units } })))
            .Message.ShouldContain("INSTANA_TENANTS needs GRANARY_KEK");
    }

    private Task<RunningGateway> StartAsync(SimulatorHost simulator) => RunningGateway.StartAsync(o => o with
    {
        ApiKeyFile = ApiKeys,
        Environment = new Settings(name => name == "GRANARY_KEK" ? _kek : null),
        Instana = new InstanaOptions
        {
            AllowedHosts = HostAllowList.Parse([Backend.Address(simulator)]), TenantsFile = Units, Retry = new RetryOptions { MaxRetries = 0 },
        },
    });

    private Task<int> AddAsync(string tenant, string unit, string url, params string[] more)
    {
        Console.SetIn(new StringReader(Token + "\n"));
        return RunAsync(["units", "add", "--file", Units, "--tenant", tenant, "--unit", unit, "--base-url", url, .. more]);
    }

    private static Task<int> RunAsync(params string[] args) => GatewayCommand.RunAsync(args);
}
