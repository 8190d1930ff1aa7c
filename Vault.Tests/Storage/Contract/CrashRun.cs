using System.Text;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Bridge;
using Granary.Vault.Psmc.Verification;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Storage.Contract;

/// <summary>A process that creates a vault and appends until it dies, and what must hold afterwards.</summary>
internal sealed class CrashRun
{
    private readonly Dictionary<long, string> _acknowledged = [];
    private readonly List<LogEntry> _tried = [];

    /// <summary>True when it came to its end alive.</summary>
    public async Task<bool> StormAsync(DyingStore dying)
    {
        PsmcVault? vault = null;
        try
        {
            using var key = Fixture.Key("psmc_active");
            await PsmcVault.CreateAsync(dying.Store, key, TestVault.Time, default);
            vault = await PsmcVault.OpenAsync(dying.Store, default);
            var bridge = await PsmcBridge.LoadAsync(vault.Log, default);
            await AppendAsync(vault, 1, null, null);
            await AppendAsync(vault, 3, "a", bridge);
            await AppendAsync(vault, 2, null, bridge);
            await AppendAsync(vault, 2, "b", null);
            return true;
        }
        catch (Exception failure) when (dying.IsDeath(failure))
        {
            return false;
        }
        finally
        {
            if (vault is not null)
                await vault.DisposeAsync();
        }
    }

    public async Task CheckAsync(IVaultPlace place, string where)
    {
        if (!await ExistsAsync(place))
        {
            _acknowledged.ShouldBeEmpty(where);
            using var key = Fixture.Key("psmc_active");
            await PsmcVault.CreateAsync(place.Store(), key, TestVault.Time, default);
        }
        await using var vault = await PsmcVault.OpenAsync(place.Store(), default);
        (await new PsmcVerifier(vault.Log).RunAsync(null, null, default)).Findings.ShouldBeEmpty(where);
        var stored = new List<string>();
        while (stored.Count < vault.Log.Count(LogStream.Events))
        {
            var page = await vault.Log.ReadAsync(LogStream.Events, stored.Count, 100, 1 << 20, default);
            page.Lines.ShouldNotBeEmpty(where);
            stored.AddRange(page.Lines.Select(line => Encoding.UTF8.GetString(line.Span)));
        }
        stored.Distinct().Count().ShouldBe(stored.Count, where);
        foreach (var (position, line) in _acknowledged)
            stored[(int)position].ShouldBe(line, where);
        var kept = _tried.Where(entry => stored.Contains(Encoding.UTF8.GetString(entry.Event.Span))).ToList();
        vault.Log.Count(LogStream.Bridge).ShouldBe(kept.Count(entry => !entry.Bridge.IsEmpty), where);
        foreach (var entry in _tried.Where(entry => entry.Claim is not null))
        {
            var record = await vault.Log.FindKeyAsync(entry.Claim!.Key, default);
            (record?.Hash).ShouldBe(kept.Contains(entry) ? entry.Hash : null, where);
        }
        await TestVault.AppendAsync(vault, 1);
        (await new PsmcVerifier(vault.Log).RunAsync(null, null, default)).Valid.ShouldBeTrue(where);
    }

    private static async Task<bool> ExistsAsync(IVaultPlace place)
    {
        try
        {
            await using var log = await place.Store().OpenAsync(default);
            return true;
        }
        catch (VaultStorageException failure) when (failure.Failure == VaultStorageFailure.NotFound)
        {
            return false;
        }
    }

    private async Task AppendAsync(PsmcVault vault, int count, string? key, PsmcBridge? bridge)
    {
        var from = vault.Log.Head.Count;
        var entries = TestVault.Build(vault, count, key, bridge);
        _tried.AddRange(entries);
        (await vault.Log.AppendAsync(vault.Log.Head, entries, default)).ShouldBeOfType<AppendOutcome.Appended>();
        for (var i = 0; i < entries.Count; i++)
            _acknowledged[from + i] = Encoding.UTF8.GetString(entries[i].Event.Span);
    }
}
