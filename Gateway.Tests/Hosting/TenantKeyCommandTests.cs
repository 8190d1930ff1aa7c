using Granary.Gateway.Hosting;
using Granary.Gateway.Tests.Support;
using Granary.Testing;
using Granary.Testing.Redis;
using Granary.Vault.Keys;

namespace Granary.Gateway.Tests.Hosting;

/// <summary>A tenant's key goes with the tenant from one store to another.</summary>
public sealed class TenantKeyCommandTests : IDisposable
{
    private const string Vkey = "/log/acme/notes/tenant-vkey";

    private readonly string _home = Directory.CreateTempSubdirectory("granary-tenant-key-").FullName;
    private readonly string _ring = Convert.ToBase64String(Guid.NewGuid().ToByteArray().Concat(Guid.NewGuid().ToByteArray()).ToArray());
    private readonly Lazy<RedisServer> _redis = new(() => new RedisServer());

    public void Dispose()
    {
        if (_redis.IsValueCreated)
            _redis.Value.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task From_a_data_folder_into_redis_and_back_it_stays_the_same()
    {
        var told = await ServeAsync("data");
        (await RunAsync("export", At("key.pem"), At("data"))).Code.ShouldBe(0);
        (await RunAsync("import", At("key.pem"), redis: true)).Code.ShouldBe(0);
        var back = await RunAsync("export", At("again.pem"), redis: true);
        back.Code.ShouldBe(0, back.Said);
        (await File.ReadAllTextAsync(At("again.pem"))).ShouldBe(await File.ReadAllTextAsync(At("key.pem")));
        (await RunAsync("import", At("again.pem"), At("other"))).Code.ShouldBe(0);
        (await ServeAsync("other")).ShouldBe(told);
        // Twice is as good as once.
        (await RunAsync("import", At("again.pem"), At("other"))).Code.ShouldBe(0);
    }

    [UnixFact]
    public async Task The_file_is_its_owners_alone()
    {
        await ServeAsync("data");
        (await RunAsync("export", At("key.pem"), At("data"))).Said.ShouldContain("in clear text");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(At("key.pem")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task What_cannot_be_done_is_told_and_changes_nothing()
    {
        (await RunAsync("export", At("key.pem"), At("data"))).ShouldBe((1, "Error: The tenant acme has no key here: it is made when the first checkpoint of its vaults is read.\n"));
        Directory.Exists(At("data")).ShouldBeFalse();
        using (var key = SigningKey.Generate())
            await File.WriteAllBytesAsync(At("foreign.pem"), KeyPem.WritePrivate(key));
        await ServeAsync("data");
        var before = await File.ReadAllBytesAsync(At("data/acme/tenant-key.pem"));
        var refused = await RunAsync("import", At("foreign.pem"), At("data"));
        (refused.Code, refused.Said.Contains("already", StringComparison.Ordinal)).ShouldBe((1, true), refused.Said);
        (await RunAsync("export", At("foreign.pem"), At("data"))).Code.ShouldBe(1);
        await File.WriteAllTextAsync(At("no.pem"), "nothing");
        (await RunAsync("import", At("no.pem"), At("data"))).ShouldBe((2, "Error: The key file holds no PEM block named PRIVATE KEY.\n"));
        (await RunAsync("import", At("nosuch.pem"), At("data"))).Said.ShouldContain("there is none");
        (await RunAsync("export", At("x.pem"), At("data"), tenant: "../acme")).Code.ShouldBe(2);
        (await File.ReadAllBytesAsync(At("data/acme/tenant-key.pem"))).ShouldBe(before);
    }

    [Fact]
    public async Task With_another_key_encryption_key_none_comes_out_and_none_goes_in()
    {
        using (var key = SigningKey.Generate())
            await File.WriteAllBytesAsync(At("key.pem"), KeyPem.WritePrivate(key));
        (await RunAsync("import", At("key.pem"), redis: true)).Code.ShouldBe(0);
        var foreign = Convert.ToBase64String(new byte[32]);
        foreach (var (command, file) in new[] { ("export", "x.pem"), ("import", "key.pem") })
        {
            var refused = await RunAsync(command, At(file), redis: true, ring: foreign);
            (refused.Code, refused.Said.Contains("is not the key-encryption key of this Redis", StringComparison.Ordinal)).ShouldBe((1, true), refused.Said);
        }
        File.Exists(At("x.pem")).ShouldBeFalse();
    }

    private string At(string name) => Path.Combine(_home, name);

    private async Task<(int Code, string Said)> RunAsync(
        string command, string file, string? data = null, bool redis = false, string? ring = null, string tenant = "acme")
    {
        using var said = new StringWriter { NewLine = "\n" };
        string? Environment(string name) => name switch { "GRANARY_REDIS" when redis => _redis.Value.Configuration, "GRANARY_KEK" when redis => ring ?? _ring, _ => null };
        var code = await TenantKeyCommand.RunAsync(
            new TenantKeyCommand.Request(tenant, file, data), command == "export" ? TenantKeyCommand.ExportAsync : TenantKeyCommand.ImportAsync, Environment, said, said, default);
        return (code, said.ToString());
    }

    private async Task<string> ServeAsync(string data)
    {
        var keys = At($"{data}.keys.json");
        var key = Keys.Add(keys, "acme", "vault:write");
        await using var gateway = await TestGateway.StartAsync(o => o with { DataFolder = At(data), ApiKeyFile = keys, LogOrigin = "log.example.org" });
        (await gateway.Http.PostAsync(McpRequest.Call("init_vault", """{"vault_path":"notes"}""").Header("X-API-Key", key))).IsToolError.ShouldBeFalse();
        return (await gateway.Http.GetAsync(Vkey, ("X-API-Key", key))).Text;
    }
}
