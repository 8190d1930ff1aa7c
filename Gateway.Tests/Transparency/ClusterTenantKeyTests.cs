using System.Text;
using Granary.Gateway.Configuration;
using Granary.Gateway.Hosting;
using Granary.Gateway.Tests.Support;
using Granary.Tenants;
using Granary.Vault.Transparency;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Gateway.Tests.Transparency;

/// <summary>In a cluster silos have the tenants' keys, and gateways what is signed with them.</summary>
public sealed class ClusterTenantKeyTests : ClusterTests
{
    [Fact]
    public async Task Gateways_without_a_key_encryption_key_serve_what_any_silo_signs_with_one_key()
    {
        Silo = await TestSilo.StartAsync(Redis, Key);
        GatewayOptions Named(GatewayOptions options) => options with { LogOrigin = "log.example.org" };
        NoteKey tenant;
        await using (var gateway = await StartAsync(key: "", change: Named))
        {
            foreach (var vault in (string[])["notes", "plans"])
                (await gateway.Gateway.Http.CallAsync("init_vault", $$"""{"vault_path":"{{vault}}"}""")).ShouldSucceed();
            tenant = await TenantKeyAsync(gateway, "notes");
            tenant.Name.ShouldBe("log.example.org/default");
        }
        // Another silo, with the same Redis and ring after a rotation.
        await Silo.DisposeAsync();
        var next = NewKey();
        using var output = new StringWriter();
        string? Environment(string name) => name switch { "GRANARY_REDIS" => Redis.Configuration, "GRANARY_KEK" => $"{next},{Key}", _ => null };
        (await RewrapCommand.RunAsync(Environment, output, output, default)).ShouldBe(0);
        output.ToString().ShouldContain("3 secrets of vaults and tenants seen, 3 wrapped again");
        Silo = await TestSilo.StartAsync(Redis, next);
        await using var later = await StartAsync(key: "", change: Named);
        foreach (var vault in (string[])["notes", "plans"])
        {
            (await TenantKeyAsync(later, vault)).ToString().ShouldBe(tenant.ToString());
            var note = (await later.Gateway.Http.GetAsync($"/log/default/{vault}/checkpoint")).Text;
            SignedNote.Read(Encoding.UTF8.GetBytes(note)).IsSignedBy(tenant).ShouldBeTrue();
        }
    }

    /// <summary>What a silo answers that is older than tenants' keys.</summary>
    [Fact]
    public async Task Where_the_silo_knows_no_tenants_key_the_vaults_signature_is_served_alone()
    {
        const string Note = "log.example.org/default/notes\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— log.example.org/default/notes AAAAAAAA\n";
        var tenants = new FakeTenants();
        tenants["notes"].Results["log_checkpoint"] = _ => $$"""{"checkpoint":{{System.Text.Json.JsonSerializer.Serialize(Note)}},"kept":null,"verifier_key":"v"}""";
        await using var gateway = await TestGateway.StartAsync(
            o => o with { LogOrigin = "log.example.org" }, services => services.AddSingleton<ITenants>(tenants));
        (await gateway.Http.GetAsync("/log/default/notes/checkpoint")).Text.ShouldBe(Note);
        (await gateway.Http.GetAsync("/log/default/notes/vkey")).Text.ShouldBe("v\n");
        var missing = await gateway.Http.GetAsync("/log/default/notes/tenant-vkey");
        (missing.Status, missing.Text.Contains("signed with the vault's key alone", StringComparison.Ordinal)).ShouldBe((404, true));
        // Nothing that an older silo would not understand.
        tenants["notes"].Calls.ShouldAllBe(call => call == """log_checkpoint {"origin":"log.example.org/default/notes"}""");
    }

    private static async Task<NoteKey> TenantKeyAsync(Running gateway, string vault) =>
        NoteKey.Parse((await gateway.Gateway.Http.GetAsync($"/log/default/{vault}/tenant-vkey")).Text);
}
