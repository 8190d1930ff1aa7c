using System.Globalization;
using Granary.Vault.Psmc;
using Granary.Vault.Psmc.Bridge;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Files.Commits;

namespace Granary.Vault.Tests.Support;

/// <summary>Appends batches of one to seven events without end and prints what was acknowledged, until it is killed.</summary>
internal static class StormProgram
{
    public const string Psmc = "psmc";
    public const string Backpack = "backpack";

    public static async Task<int> Main(string[] arguments)
    {
        await using var commits = bool.Parse(arguments[2]) ? CommitLog.Open(new CommitLogOptions { Root = arguments[1], SegmentBytes = 4096 }, out _) : null;
        var store = TestVault.Store(TestFolder.At(arguments[1]), commits: commits);
        await (arguments[0] == Psmc ? RunPsmcAsync(store) : RunBackpackAsync(store));
        return 0;
    }

    private static async Task RunPsmcAsync(IVaultStore store)
    {
        await using var vault = await PsmcVault.OpenAsync(store, default);
        var bridge = await PsmcBridge.LoadAsync(vault.Log, default);
        for (var i = 0; ; i++)
        {
            var from = vault.Log.Head.Count;
            Acknowledge(from, await TestVault.AppendAsync(vault, 1 + (i % 7), i % 3 == 0 ? $"{from}-" : null, i % 2 == 0 ? bridge : null));
        }
    }

    private static async Task RunBackpackAsync(IVaultStore store)
    {
        await using var vault = await StoredBackpack.OpenAsync(store);
        for (var i = 0; ; i++)
        {
            var from = vault.Log.Head.Count;
            // Now and then an event gives way in the step that appends the one that says so.
            if (i % 5 != 4)
            {
                Acknowledge(from, await vault.AppendAsync(1 + (i % 7), i % 3 == 0 ? $"{from}-" : null));
                continue;
            }
            var redaction = await vault.RedactionAsync(from - 1);
            (await vault.Log.AppendAsync(vault.Log.Head, [redaction], default)).ShouldBeOfType<AppendOutcome.Appended>();
            Acknowledge(from, [redaction]);
        }
    }

    private static void Acknowledge(long from, List<LogEntry> entries)
    {
        for (var i = 0; i < entries.Count; i++)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{from + i} {entries[i].Hash} ."));
    }
}
