using Granary.Instana.Connections;
using Granary.Instana.Operations;
using Granary.Tenants.Hosting;
using Granary.Tenants.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Tenants.Tests.Hosting;

public sealed class InProcessTenantsTests
{
    private static readonly TenantId Other = TenantId.Parse("other");

    [Fact]
    public async Task Vaults_of_the_same_name_in_two_tenants_are_two_vaults()
    {
        await using var tenants = new TestTenants();
        await tenants["notes"].CreateAsync(default);
        var foreign = tenants.Host.Vault(Other, VaultName.Parse("notes"));
        (await Should.ThrowAsync<TenantException>(() => foreign.AppendAsync(TestTenants.Note(), default))).Failure.ShouldBe(TenantFailure.NotFound);
        await foreign.CreateAsync(default);
        await foreign.AppendAsync(TestTenants.Note(), default);
        (await tenants["notes"].VerifyAsync(null, default)).EventCount.ShouldBe(0);
    }

    [Fact]
    public async Task An_idle_vault_is_closed_and_opens_again_with_the_next_call()
    {
        var time = new FakeTimeProvider();
        await using var tenants = new TestTenants(time: time);
        await tenants["notes"].CreateAsync(default);
        tenants.Host.ActiveVaults.ShouldBe(1);
        time.Advance(TimeSpan.FromMinutes(5));
        tenants.Host.ActiveVaults.ShouldBe(1);
        time.Advance(TimeSpan.FromMinutes(20));
        await WaitUntilAsync(() => tenants.Host.ActiveVaults == 0);
        // Closed means that its lock is free for another program.
        using (File.Open(Path.Combine(tenants.Folder, "default", "state", "notes", "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            (await Should.ThrowAsync<TenantException>(() => tenants["notes"].VerifyAsync(null, default))).Message.ShouldContain("one writer");
        (await tenants["notes"].AppendAsync(TestTenants.Note(), default)).Position.ShouldBe(0);
    }

    [Fact]
    public async Task The_longest_idle_vault_makes_room()
    {
        await using var tenants = new TestTenants(options => Copy(options, maxActivations: 3));
        foreach (var name in new[] { "a", "b", "c", "d", "e", "a" })
        {
            var vault = tenants[name];
            if (!Directory.Exists(Path.Combine(tenants.Folder, "default", "vaults", name)))
                await vault.CreateAsync(default);
            await vault.AppendAsync(TestTenants.Note(), default);
        }
        await WaitUntilAsync(() => tenants.Host.ActiveVaults <= 3);
        (await tenants["a"].VerifyAsync(null, default)).EventCount.ShouldBe(2);
    }

    [Fact]
    public async Task Names_that_are_no_vaults_keep_nothing_alive()
    {
        await using var tenants = new TestTenants(options => Copy(options, maxActivations: 3));
        for (var i = 0; i < 20; i++)
            await Should.ThrowAsync<TenantException>(() => tenants[$"nothing{i}"].VerifyAsync(null, default));
        await WaitUntilAsync(() => tenants.Host.ActiveVaults == 0);
    }

    [Fact]
    public async Task Stopping_finishes_what_waits_and_refuses_what_comes_later()
    {
        await using var tenants = new TestTenants();
        await tenants["notes"].CreateAsync(default);
        var underWay = Enumerable.Range(0, 50).Select(_ => tenants["notes"].AppendAsync(TestTenants.Note(), default)).ToList();
        await tenants.Host.DisposeAsync();
        var receipts = await Task.WhenAll(underWay);
        receipts.Select(receipt => receipt.Position).Distinct().Count().ShouldBe(50);
        (await Should.ThrowAsync<TenantException>(() => tenants["notes"].AppendAsync(TestTenants.Note(), default))).Failure.ShouldBe(TenantFailure.Unavailable);
    }

    [Fact]
    public async Task A_folder_that_another_process_serves_gives_a_clear_error()
    {
        await using var tenants = new TestTenants();
        await tenants["notes"].CreateAsync(default);
        await using var second = new TestTenants(folder: tenants.Folder);
        var failure = await Should.ThrowAsync<TenantException>(() => second["notes"].AppendAsync(TestTenants.Note(), default));
        failure.Failure.ShouldBe(TenantFailure.Damaged);
        failure.Message.ShouldContain("one gateway at a time");
    }

    [Fact]
    public async Task Who_watches_a_tenant_hears_of_its_commits_and_of_no_others()
    {
        await using var tenants = new TestTenants();
        var heard = new List<VaultCommitted>();
        var others = new List<VaultCommitted>();
        var watch = tenants.Host.Watch(TenantId.Default, heard.Add);
        using var other = tenants.Host.Watch(TenantId.Parse("other"), others.Add);
        await tenants["notes"].CreateAsync(default);
        await tenants["notes"].AppendAsync(TestTenants.Note(), default);
        await tenants["notes"].AppendAsync(TestTenants.Note(), default);
        await WaitUntilAsync(() => heard.Count == 2);
        watch.Dispose();
        await tenants["notes"].AppendAsync(TestTenants.Note(), default);
        heard.ShouldBe([new(TenantId.Default, VaultName.Parse("notes"), 1), new(TenantId.Default, VaultName.Parse("notes"), 2)]);
        others.ShouldBeEmpty();
        (await tenants["notes"].GetHeadAsync(default)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_connection_is_made_once_for_each_address_and_credential()
    {
        var made = 0;
        await using var tenants = new TestTenants(options => Copy(options, instana: (_, _) =>
        {
            Interlocked.Increment(ref made);
            return new Silent();
        }));
        var connection = new InstanaConnection(new Uri("https://a.instana.io"), new ApiTokenCredential("t"));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => tenants.Host.Instana(TenantId.Default, connection with { })
            .CallAsync(new InstanaCall("manage_events", null, "get_events", default), default))));
        made.ShouldBe(1);
        await tenants.Host.Instana(Other, connection).CallAsync(new InstanaCall("manage_events", null, "get_events", default), default);
        made.ShouldBe(2);
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
            await Task.Delay(10, limit.Token);
    }

    private static InProcessTenantsOptions Copy(
        InProcessTenantsOptions options, int maxActivations = 100, Func<TenantId, InstanaConnection, IInstana>? instana = null) =>
        new() { DataFolder = options.DataFolder, MaxActivations = maxActivations, CreateInstana = instana };

    private sealed class Silent : IInstana
    {
        public Task<InstanaResult> CallAsync(InstanaCall call, CancellationToken cancellation) => Task.FromResult(new InstanaResult("{}"u8.ToArray(), false));
    }
}
