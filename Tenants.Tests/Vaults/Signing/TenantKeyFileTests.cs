using Granary.Tenants.Hosting;
using Granary.Tenants.Tests.Support;
using Granary.Testing;
using Granary.Vault.Keys;

namespace Granary.Tenants.Tests.Vaults.Signing;

/// <summary>In a data folder: beside the tenant's vaults.</summary>
public sealed class TenantKeyFileTests : TenantKeyContract
{
    private readonly string _data = Path.Combine(Path.GetTempPath(), "granary-" + Guid.NewGuid().ToString("N"));
    private readonly List<TestTenants> _started = [];

    protected override int Processes => 1;

    private string KeyFile => Path.Combine(_data, "acme", "tenant-key.pem");

    public override async Task DisposeAsync()
    {
        await StopAsync();
        if (Directory.Exists(_data))
            Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task The_file_holds_the_key_of_the_signature_and_nothing_of_a_draft_is_left()
    {
        var signed = await NewAsync(Start(), Acme, "notes");
        using var key = KeyPem.ReadPrivate(await File.ReadAllBytesAsync(KeyFile));
        key.PublicKey.KeyId.ShouldBe(signed.Tenant!.Key.KeyId);
        File.Exists($"{KeyFile}.new").ShouldBeFalse();
    }

    [UnixFact]
    public async Task Nobody_but_the_owner_may_read_it()
    {
        await NewAsync(Start(), Acme, "notes");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(KeyFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("no key")]
    [InlineData("")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n-----END PRIVATE KEY-----\n")]
    public async Task A_file_that_is_no_key_stays_as_it_is_and_the_sentence_names_it(string content)
    {
        var before = await NewAsync(Start(), Acme, "notes");
        await StopAsync();
        var good = await File.ReadAllBytesAsync(KeyFile);
        await File.WriteAllTextAsync(KeyFile, content);
        var host = Start();
        var refusal = await RefusalAsync(host, Acme, "notes");
        refusal.ShouldContain("The key of the tenant \"acme\", tenant-key.pem, cannot be used to sign checkpoints: it is not an Ed25519 private key");
        (await File.ReadAllTextAsync(KeyFile)).ShouldBe(content);
        // Everything else of the vault goes on, and so do its checkpoints once the file is back.
        (await host.Vault(Acme, VaultName.Parse("notes")).AppendAsync(TestTenants.Note(), default)).Position.ShouldBe(0);
        await File.WriteAllBytesAsync(KeyFile, good);
        (await CheckpointAsync(host, Acme, "notes")).Note.IsSignedBy(before.Tenant!).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_no_file_is_no_key()
    {
        Directory.CreateDirectory(KeyFile);
        var host = Start();
        await host.Vault(Acme, VaultName.Parse("notes")).CreateAsync(default);
        (await RefusalAsync(host, Acme, "notes")).ShouldContain("is a folder, and a file is needed");
    }

    [UnixFact]
    public async Task A_link_to_another_tenant_s_key_is_not_followed()
    {
        var host = Start();
        await NewAsync(host, Other, "notes");
        await host.Vault(Acme, VaultName.Parse("notes")).CreateAsync(default);
        File.CreateSymbolicLink(KeyFile, Path.Combine(_data, "other", "tenant-key.pem"));
        (await RefusalAsync(host, Acme, "notes")).ShouldContain("links are not followed here");
    }

    [Fact]
    public async Task Without_a_place_for_a_key_the_vault_s_signature_stands_alone_until_there_is_one()
    {
        // The lock cannot be made, as on a volume that is full or read-only.
        Directory.CreateDirectory($"{KeyFile}.lock");
        var host = Start();
        var alone = await NewAsync(host, Acme, "notes");
        (alone.Tenant, alone.Note.Signatures.Count, alone.Note.IsSignedBy(alone.Vault)).ShouldBe((null, 1, true));
        File.Exists(KeyFile).ShouldBeFalse();
        Directory.Delete($"{KeyFile}.lock");
        var both = await CheckpointAsync(host, Acme, "notes");
        both.Note.IsSignedBy(both.Tenant!).ShouldBeTrue();
    }

    [Fact]
    public async Task Processes_that_serve_folders_mounted_from_elsewhere_make_one_key_between_them()
    {
        var home = Directory.CreateTempSubdirectory("granary-mounted-").FullName;
        try
        {
            var folders = Enumerable.Range(0, 6).Select(i => Path.Combine(home, $"v{i}")).ToList();
            foreach (var folder in folders)
            {
                var vault = Mount(folder).Vault(TenantId.Default, VaultName.Parse(folder));
                await vault.CreateAsync(default);
                // Whatever else the first checkpoint does is done, so that the keys are made at once.
                await vault.RunAsync("get_signed_head");
            }
            var made = await Task.WhenAll(folders.Select((folder, i) => Task.Run(() => CheckpointAsync(_started[i].Host, TenantId.Default, folder))));
            made.Select(one => one.Tenant!.ToString()).Distinct().Count().ShouldBe(1);
            made.ShouldAllBe(one => one.Note.IsSignedBy(one.Vault) && one.Note.IsSignedBy(made[0].Tenant!));
            // It is the gateway's, and never in what is the folder's owner's.
            Directory.GetFiles(home, "tenant-key*", SearchOption.AllDirectories).ShouldBeEmpty();
        }
        finally
        {
            await StopAsync();
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public async Task Appends_make_no_key_and_sign_nothing_for_the_tenant()
    {
        var vault = Start().Vault(Acme, VaultName.Parse("notes"));
        await vault.CreateAsync(default);
        for (var i = 0; i < 20; i++)
            await vault.AppendAsync(TestTenants.Note(), default);
        await vault.RunAsync("get_signed_head");
        await StopAsync();
        Directory.GetFiles(Path.Combine(_data, "acme")).ShouldBeEmpty();
    }

    protected override InProcessTenants Start() => Start(null);

    private InProcessTenants Mount(string folder) => Start(new MountedVault(folder));

    private InProcessTenants Start(MountedVault? mounted)
    {
        _started.Add(new TestTenants(_ => new InProcessTenantsOptions { DataFolder = _data, Mounted = mounted }, folder: _data));
        return _started[^1].Host;
    }

    protected override async Task StopAsync()
    {
        foreach (var tenants in _started)
            await tenants.DisposeAsync();
        _started.Clear();
    }
}
