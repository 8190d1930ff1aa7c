using System.Text;
using System.Text.Json;
using Granary.Grains.Hosting;
using Granary.Hosting.Configuration;
using Granary.Tenants.Hosting;
using Granary.Tenants.Tests.Support;

namespace Granary.Tenants.Tests.Hosting;

/// <summary>Which vaults a hold covers, and what it refuses there.</summary>
public sealed class LegalHoldsTests
{
    [Theory]
    [InlineData("acme", "acme", "notes", true)]
    [InlineData("acme", "acme-2", "notes", false)]
    [InlineData("acme/notes", "acme", "notes", true)]
    [InlineData("acme/notes", "acme", "notes/2026", false)]
    [InlineData("acme/notes", "globex", "notes", false)]
    [InlineData("acme/notes*", "acme", "notes/2026", true)]
    [InlineData("acme/team/*", "acme", "team/a", true)]
    [InlineData("acme/team/*", "acme", "team", false)]
    [InlineData("acme/v1.*", "acme", "v1.2", true)]
    [InlineData("acme/My *", "acme", "My (old), 100% \u00e9", true)]
    [InlineData("acme/*", "acme", "notes", true)]
    [InlineData("*", "globex", "anything", true)]
    public void A_hold_covers_a_tenant_a_vault_or_all_vaults_that_begin_so(string name, string tenant, string vault, bool covered) =>
        LegalHolds.Parse(["initech", name]).Covers(TenantId.Parse(tenant), VaultName.Parse(vault)).ShouldBe(covered);

    [Theory]
    [InlineData("Acme")]
    [InlineData("acm*")]
    [InlineData("*/notes")]
    [InlineData("acme/")]
    [InlineData("acme//notes")]
    [InlineData("acme/./notes")]
    [InlineData("acme/notes/")]
    [InlineData("acme/../globex*")]
    [InlineData("acme/*/notes")]
    [InlineData("acme/**")]
    [InlineData("acme/notes:read")]
    public void What_would_hold_nothing_is_refused_with_the_form(string name) =>
        Should.Throw<FormatException>(() => LegalHolds.Parse(["globex", name])).Message.ShouldStartWith($"'{name}' names no vault: write TENANT, TENANT/VAULT or TENANT/BEGINNING*");

    [Fact]
    public void A_setting_that_names_no_vault_is_named_itself() =>
        Should.Throw<InvalidDataException>(() => LegalHoldReader.Read(new Settings(_ => "acme, Globex"))).Message.ShouldStartWith("GRANARY_LEGAL_HOLD: 'Globex' names no vault");

    [Fact]
    public async Task Nothing_in_a_held_vault_is_redacted_or_shredded_until_the_hold_is_lifted()
    {
        await using var free = new TestTenants();
        await free["notes"].CreateAsync(new VaultCreation { Format = "backpack" }, default);
        var open = (await free["notes"].AppendAsync(Observation("open"), default)).EventId;
        var hidden = (await free["notes"].AppendAsync(Observation("hidden") with { Encrypt = true }, default)).EventId;
        await free.Host.DisposeAsync();
        await using (var held = Held(free.Folder))
        {
            foreach (var (operation, target) in ((string, string)[])[("redact_event", open), ("shred_event", hidden)])
            {
                var refused = await held["notes"].RefusedAsync(operation, $$"""{"event_id":"{{target}}","reason":"GDPR_ERASURE"}""");
                refused.Failure.ShouldBe(TenantFailure.InvalidInput);
                refused.Message.ShouldBe("The vault \"notes\" is under a legal hold, so nothing in it is redacted or shredded: have the operator lift it (GRANARY_LEGAL_HOLD). Nothing was changed.");
            }
            (await held["notes"].GetHeadAsync(default)).Count.ShouldBe(4);
            (await EventAsync(held["notes"], open)).GetProperty("event").GetProperty("payload").GetProperty("subject").GetString().ShouldBe("open");
            (await EventAsync(held["notes"], hidden)).GetProperty("decrypted_payload").GetProperty("subject").GetString().ShouldBe("hidden");
            // Everything else goes on, and so do other vaults.
            await held["notes"].AppendAsync(Observation("more"), default);
            await held["other"].CreateAsync(new VaultCreation { Format = "backpack" }, default);
            var other = await held["other"].AppendAsync(Observation("secret"), default);
            await held["other"].RunAsync("redact_event", $$"""{"event_id":"{{other.EventId}}","reason":"OTHER"}""");
        }
        await using var lifted = new TestTenants(folder: free.Folder);
        await lifted["notes"].RunAsync("redact_event", $$"""{"event_id":"{{open}}","reason":"GDPR_ERASURE"}""");
        (await EventAsync(lifted["notes"], open)).GetProperty("event").GetProperty("payload").GetProperty("redacted").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_shredding_that_a_crash_interrupted_is_not_finished_in_a_held_vault()
    {
        await using var free = new TestTenants();
        await free["notes"].CreateAsync(new VaultCreation { Format = "backpack" }, default);
        var hidden = (await free["notes"].AppendAsync(Observation("hidden") with { Encrypt = true }, default)).EventId;
        var file = Directory.GetFiles(free.Folder, "dek_*", SearchOption.AllDirectories).ShouldHaveSingleItem();
        var kept = await File.ReadAllBytesAsync(file);
        var arguments = $$"""{"event_id":"{{hidden}}","reason":"GDPR_ERASURE"}""";
        await free["notes"].RunAsync("shred_event", arguments, "k");
        await free.Host.DisposeAsync();
        await File.WriteAllBytesAsync(file, kept);
        await using var held = Held(free.Folder);
        await Should.ThrowAsync<TenantException>(() => held["notes"].RunAsync("shred_event", arguments, "k"));
        (await EventAsync(held["notes"], hidden)).GetProperty("decrypted_payload").GetProperty("subject").GetString().ShouldBe("hidden");
    }

    [Fact]
    public async Task A_redaction_does_not_come_into_a_held_vault_from_another()
    {
        await using var tenants = new TestTenants(options => Options(options, "default/copy"));
        await tenants["notes"].CreateAsync(new VaultCreation { Format = "backpack" }, default);
        await tenants["copy"].CreateAsync(new VaultCreation { Format = "backpack", Actor = "copy" }, default);
        var key = (await tenants["notes"].RunAsync("vault_status")).GetProperty("key_id").GetString();
        var secret = (await tenants["notes"].AppendAsync(Observation("secret"), default)).EventId;
        async Task<JsonElement> ImportAsync()
        {
            var delta = (await tenants["notes"].RunAsync("export_delta")).GetProperty("delta").GetRawText();
            return await tenants["copy"].RunAsync("import_delta", $$"""{"delta":{{delta}},"trusted_keys":["{{key}}"]}""");
        }
        (await ImportAsync()).GetProperty("imported_count").GetInt32().ShouldBe(3);
        await tenants["notes"].RunAsync("redact_event", $$"""{"event_id":"{{secret}}","reason":"OTHER"}""");
        (await Should.ThrowAsync<TenantException>(ImportAsync)).Message.ShouldContain("\"copy\" is under a legal hold");
        (await tenants["copy"].GetHeadAsync(default)).Count.ShouldBe(5);
        (await EventAsync(tenants["copy"], secret)).GetProperty("event").GetProperty("payload").GetProperty("subject").GetString().ShouldBe("secret");
    }

    private static TestTenants Held(string folder) => new(options => Options(options, "default/notes*"), folder: folder);

    private static InProcessTenantsOptions Options(InProcessTenantsOptions options, string name) => new() { DataFolder = options.DataFolder, Holds = LegalHolds.Parse([name]) };

    private static Task<JsonElement> EventAsync(IVault vault, string id) => vault.RunAsync("get_event", $$"""{"event_id":"{{id}}"}""");

    private static AppendEvent Observation(string subject) =>
        new("OBSERVATION", Encoding.UTF8.GetBytes($$"""{"subject":"{{subject}}","predicate":"is","value":"{{subject}}"}"""));
}
