using System.Text;
using Granary.Tenants.Tests.Support;
using Granary.Tenants.Vaults;
using Granary.Vault;
using Granary.Vault.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Tenants.Tests.Vaults.Views;

/// <summary>A call costs what has come since the one before it, not the log.</summary>
public sealed class EventIndexTests : IAsyncLifetime
{
    private const int Events = 300;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "granary-" + Guid.NewGuid().ToString("N"));
    private readonly List<string> _ids = [];
    private GateStore _store = null!;
    private VaultActivation _vault = null!;

    public async Task InitializeAsync()
    {
        _store = new GateStore(new FileVaultStore(new FileVaultOptions
        {
            Folder = Path.Combine(_folder, "vault"), StateFolder = Path.Combine(_folder, "state"), Formats = [VaultFormats.Backpack],
        }));
        _vault = new VaultActivation(
            VaultName.Parse("notes"), _store, new VaultActivationOptions { QuietAfter = Timeout.InfiniteTimeSpan }, TimeProvider.System, NullLogger.Instance);
        await _vault.CreateAsync(new VaultCreation { Format = "backpack" }, default);
        for (var i = 0; i < Events; i++)
            await AppendAsync(i);
    }

    public async Task DisposeAsync()
    {
        await _vault.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_event_is_found_by_reading_it_alone()
    {
        await _vault.RunAsync("get_event", $$"""{"event_id":"{{_ids[0]}}"}""");
        await AppendAsync(Events);
        _store.LinesRead = 0;
        foreach (var i in (int[])[0, 7, Events - 1, Events])
            (await _vault.RunAsync("get_event", $$"""{"event_id":"{{_ids[i]}}"}""")).GetProperty("position").GetInt64().ShouldBe(i + 2);
        (await _vault.RefusedAsync("get_event", """{"event_id":"evt_none"}""")).Failure.ShouldBe(TenantFailure.NotFound);
        _store.LinesRead.ShouldBeLessThan(10);
    }

    [Fact]
    public async Task The_status_reads_what_has_come_since_the_last_one()
    {
        await _vault.RunAsync("vault_status");
        await AppendAsync(Events);
        _store.LinesRead = 0;
        var status = await _vault.RunAsync("vault_status");
        _store.LinesRead.ShouldBeLessThan(10);
        status.GetProperty("event_count").GetInt64().ShouldBe(Events + 3);
        status.GetProperty("actors").GetProperty("ada").GetInt64().ShouldBe(Events + 1);
        status.GetProperty("event_types").GetProperty("com.example.note").GetInt64().ShouldBe(Events + 1);
        status.GetProperty("chain_heads").GetProperty("ada").GetString().ShouldBe(_ids[^1]);
    }

    [Fact]
    public async Task A_redaction_leaves_counts_and_places_as_they_are()
    {
        var before = await _vault.RunAsync("vault_status");
        await _vault.RunAsync("redact_event", $$"""{"event_id":"{{_ids[3]}}","reason":"OTHER"}""");
        var found = await _vault.RunAsync("get_event", $$"""{"event_id":"{{_ids[3]}}"}""");
        (found.GetProperty("position").GetInt64(), found.GetProperty("event").GetProperty("payload").GetProperty("redacted").GetBoolean()).ShouldBe((5, true));
        var after = await _vault.RunAsync("vault_status");
        after.GetProperty("actors").GetProperty("ada").GetInt64().ShouldBe(before.GetProperty("actors").GetProperty("ada").GetInt64());
        after.GetProperty("event_types").GetProperty("com.provara.redaction").GetInt64().ShouldBe(1);
    }

    private async Task AppendAsync(int number)
    {
        var data = Encoding.UTF8.GetBytes($$"""{"n":{{number}}}""");
        _ids.Add((await _vault.AppendAsync(new AppendEvent("com.example.note", data) { Actor = "ada" }, default)).EventId);
    }
}
