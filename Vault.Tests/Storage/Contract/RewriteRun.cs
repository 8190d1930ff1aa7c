using System.Text;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Storage.Contract;

/// <summary>A process that appends and replaces lines until it dies, and what must hold afterwards.</summary>
internal sealed class RewriteRun
{
    private readonly List<string> _acknowledged = [];
    private List<string> _next = [];
    private bool _created;

    /// <summary>True when it came to its end alive.</summary>
    public async Task<bool> StormAsync(DyingStore dying)
    {
        try
        {
            await StormAsync(dying.Store, create: true);
            return true;
        }
        catch (Exception failure) when (dying.IsDeath(failure))
        {
            return false;
        }
    }

    public async Task StormAsync(IVaultStore store, bool create)
    {
        if (create)
            await StoredBackpack.CreateAsync(store);
        _created = true;
        var vault = await StoredBackpack.OpenAsync(store);
        try
        {
            _acknowledged.AddRange(await vault.LinesAsync());
            await AppendAsync(vault, await vault.BuildAsync(3, "a"));
            await AppendAsync(vault, [await vault.RedactionAsync(2, "r")]);
            await AppendAsync(vault, await vault.BuildAsync(2));
            await AppendAsync(vault, [await vault.RedactionAsync(4)]);
        }
        finally
        {
            await vault.DisposeAsync();
        }
    }

    /// <summary>The log is what was acknowledged, or that with the one append that was under way; nothing in between.</summary>
    public async Task CheckAsync(IVaultStore store, string where)
    {
        StoredBackpack vault;
        try
        {
            vault = await StoredBackpack.OpenAsync(store);
        }
        catch (VaultStorageException failure) when (failure.Failure == VaultStorageFailure.NotFound)
        {
            _created.ShouldBeFalse(where);
            return;
        }
        await using (vault)
        {
            vault.Log.Findings.ShouldBeEmpty(where);
            var lines = await vault.LinesAsync();
            if (_acknowledged.Count > 0 && !lines.SequenceEqual(_acknowledged))
                Prefix(lines).ShouldBe(lines, where);
            var hasKey = await vault.Log.FindKeyAsync("r0", default) is not null;
            hasKey.ShouldBe(lines.Count > 5 && lines[2].Contains("redacted", StringComparison.Ordinal), where);
            await vault.AppendAsync(1);
        }
    }

    /// <summary>Of an append without replacement some stores may keep its first entries.</summary>
    private List<string> Prefix(List<string> lines) => _next.Count > lines.Count && lines.Count > _acknowledged.Count && _next[..lines.Count].SequenceEqual(lines) ? lines : _next;

    private async Task AppendAsync(StoredBackpack vault, IReadOnlyList<LogEntry> entries)
    {
        _next = [.. _acknowledged];
        foreach (var replaced in entries.Select(entry => entry.Replaces).OfType<LineReplacement>())
            _next[(int)replaced.Position] = Encoding.UTF8.GetString(replaced.Line.Span);
        _next.AddRange(entries.Select(entry => Encoding.UTF8.GetString(entry.Event.Span)));
        (await vault.Log.AppendAsync(vault.Log.Head, entries, default)).ShouldBeOfType<AppendOutcome.Appended>();
        _acknowledged.Clear();
        _acknowledged.AddRange(_next);
    }
}
