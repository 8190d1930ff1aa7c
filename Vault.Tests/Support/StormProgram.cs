using System.Globalization;
using Granary.Vault.Psmc;
using Granary.Vault.Storage;
using Granary.Vault.Storage.Files.Commits;

namespace Granary.Vault.Tests.Support;

/// <summary>Appends batches of one to seven events without end and prints what was acknowledged, until it is killed.</summary>
internal static class StormProgram
{
    public const string Psmc = "psmc";

    public static async Task<int> Main(string[] arguments)
    {
        await using var commits = bool.Parse(arguments[2]) ? CommitLog.Open(new CommitLogOptions { Root = arguments[1], SegmentBytes = 4096 }, out _) : null;
        await using var vault = await PsmcVault.OpenAsync(TestVault.Store(TestFolder.At(arguments[1]), commits: commits), default);
        var bridge = await PsmcBridge.LoadAsync(vault.Log, default);
        for (var i = 0; ; i++)
        {
            var from = vault.Log.Head.Count;
            var entries = await TestVault.AppendAsync(vault, 1 + (i % 7), i % 3 == 0 ? $"{from}-" : null, i % 2 == 0 ? bridge : null);
            Acknowledge(from, entries);
        }
    }

    private static void Acknowledge(long from, List<LogEntry> entries)
    {
        for (var i = 0; i < entries.Count; i++)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{from + i} {entries[i].Hash} ."));
    }
}
