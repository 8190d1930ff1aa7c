using System.Text;
using Granary.Tenants.Hosting;
using Granary.Tenants.Tests.Support;
using Granary.Testing;
using Granary.Vault.Transparency;

namespace Granary.Tenants.Tests.Vaults.Signing;

/// <summary>What holds of a tenant's key wherever it is kept.</summary>
public abstract class TenantKeyContract : IAsyncLifetime
{
    protected static TenantId Acme { get; } = TenantId.Parse("acme");

    protected static TenantId Other { get; } = TenantId.Parse("other");

    [Fact]
    public async Task Vaults_of_a_tenant_have_one_key_and_tenants_have_none_in_common()
    {
        var host = Start();
        var (notes, plans, others) = (await NewAsync(host, Acme, "notes"), await NewAsync(host, Acme, "team/plans"), await NewAsync(host, Other, "notes"));
        notes.Tenant!.Name.ShouldBe("log.example.org/acme");
        notes.Note.Signatures.Select(line => line.Name).ShouldBe(["log.example.org/acme/notes", "log.example.org/acme"]);
        (notes.Note.IsSignedBy(notes.Vault), notes.Note.IsSignedBy(notes.Tenant)).ShouldBe((true, true));
        plans.Tenant!.ToString().ShouldBe(notes.Tenant.ToString());
        plans.Note.IsSignedBy(notes.Tenant).ShouldBeTrue();
        plans.Vault.Key.KeyId.ShouldNotBe(notes.Vault.Key.KeyId);
        others.Tenant!.Key.KeyId.ShouldNotBe(notes.Tenant.Key.KeyId);
        others.Note.IsSignedBy(notes.Tenant).ShouldBeFalse();
    }

    [Fact]
    public async Task The_key_outlives_the_process()
    {
        var before = (await NewAsync(Start(), Acme, "notes")).Tenant!;
        await StopAsync();
        var host = Start();
        (await CheckpointAsync(host, Acme, "notes")).Tenant!.ToString().ShouldBe(before.ToString());
        await host.Vault(Acme, VaultName.Parse("notes")).AppendAsync(TestTenants.Note(), default);
        var grown = await CheckpointAsync(host, Acme, "notes");
        (grown.Note.IsSignedBy(before), LogCheckpoint.Parse(grown.Note.Text).Size).ShouldBe((true, 1));
    }

    [Fact]
    public async Task Of_many_that_make_it_at_once_the_first_one_s_is_everybody_s()
    {
        var names = Enumerable.Range(0, 8).Select(i => $"v{i}").ToList();
        var maker = Start();
        foreach (var name in names)
            await maker.Vault(Acme, VaultName.Parse(name)).CreateAsync(default);
        await StopAsync();
        // Which of them signs first is left to the machine.
        var hosts = Enumerable.Range(0, Processes).Select(_ => Start()).ToList();
        var made = await Task.WhenAll(names.Select((name, i) => Task.Run(() => CheckpointAsync(hosts[i % hosts.Count], Acme, name))));
        made.Select(one => one.Tenant!.ToString()).Distinct().Count().ShouldBe(1);
        made.ShouldAllBe(one => one.Note.IsSignedBy(made[0].Tenant!));
    }

    [Theory]
    [InlineData("log.example.org/acme/plans")]
    [InlineData("log.example.org/other/notes")]
    [InlineData("log.example.org/acme/notes/x")]
    [InlineData("log.example.org/acmenotes")]
    [InlineData("/acme/notes")]
    public async Task A_tree_is_never_signed_for_the_tenant_as_another_vault_s(string origin)
    {
        var host = Start();
        await NewAsync(host, Acme, "notes");
        var answer = await host.Vault(Acme, VaultName.Parse("notes")).RunAsync("log_checkpoint", $$"""{"origin":"{{origin}}"}""");
        answer.GetProperty("tenant_key").GetString().ShouldBeNull();
        Note(answer.GetProperty("checkpoint").GetString()!).Signatures.Select(line => line.Name).ShouldBe([origin]);
    }

    [GoFact]
    public async Task Go_opens_the_note_with_either_key_and_with_both()
    {
        var host = Start();
        var (notes, others) = (await NewAsync(host, Acme, "notes"), await NewAsync(host, Other, "notes"));
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, notes.Note.Write());
            var (vault, tenant) = (notes.Vault.ToString(), notes.Tenant!.ToString());
            (await GoTlog.RunAsync("signed", file, vault)).Lines.ShouldBe(["1 1", "ok"]);
            (await GoTlog.RunAsync("signed", file, tenant)).Lines.ShouldBe(["1 1", "ok"]);
            (await GoTlog.RunAsync("signed", file, vault, tenant)).Lines.ShouldBe(["2 0", "ok"]);
            (await GoTlog.RunAsync("signed", file, others.Tenant!.ToString())).Good.ShouldBeFalse();
            await File.WriteAllTextAsync(file, Encoding.UTF8.GetString(notes.Note.Write()).Replace("acme/notes\n0\n", "acme/notes\n1\n", StringComparison.Ordinal));
            (await GoTlog.RunAsync("signed", file, tenant)).Problem.ShouldContain("invalid signature");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>How many processes may have the store at once.</summary>
    protected abstract int Processes { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public abstract Task DisposeAsync();

    /// <summary>A process over the same store as the others of this test.</summary>
    protected abstract InProcessTenants Start();

    /// <summary>Ends all of them.</summary>
    protected abstract Task StopAsync();

    private protected static async Task<Signed> NewAsync(InProcessTenants host, TenantId tenant, string vault)
    {
        await host.Vault(tenant, VaultName.Parse(vault)).CreateAsync(default);
        return await CheckpointAsync(host, tenant, vault);
    }

    private protected static async Task<Signed> CheckpointAsync(InProcessTenants host, TenantId tenant, string vault)
    {
        var answer = await host.Vault(tenant, VaultName.Parse(vault)).RunAsync("log_checkpoint", Origin(tenant, vault));
        var key = answer.GetProperty("tenant_key").GetString();
        return new Signed(
            Note(answer.GetProperty("checkpoint").GetString()!), NoteKey.Parse(answer.GetProperty("verifier_key").GetString()!), key is null ? null : NoteKey.Parse(key));
    }

    private protected static async Task<string> RefusalAsync(InProcessTenants host, TenantId tenant, string vault) =>
        (await host.Vault(tenant, VaultName.Parse(vault)).RefusedAsync("log_checkpoint", Origin(tenant, vault))).Message;

    private static string Origin(TenantId tenant, string vault) => $$"""{"origin":"{{LogName.Of("log.example.org", tenant, VaultName.Parse(vault))}}"}""";

    private static SignedNote Note(string text) => SignedNote.Read(Encoding.UTF8.GetBytes(text));

    /// <summary>A checkpoint, and the keys that came with it.</summary>
    private protected sealed record Signed(SignedNote Note, NoteKey Vault, NoteKey? Tenant);
}
