using System.Security.Cryptography;
using System.Text;
using Granary.Testing;
using Granary.Vault.Keys;
using Granary.Vault.Proofs;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Proofs;

/// <summary>Logs of which only the entries' hashes matter: each line is its own hash.</summary>
internal static class Logs
{
    public static IReadOnlyList<string> Hashes(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(i))))];

    public static IReadOnlyList<byte[]> Data(int count) => [.. Hashes(count).Select(Encoding.ASCII.GetBytes)];

    public static IEntryFormat Format => PlainFormat.Instance;

    public static EventTreeReader Reader(int count, int pageLines = 7)
    {
        var vault = new MemoryVault { PageLines = pageLines };
        vault.Events.AddRange(Data(count));
        return new EventTreeReader(vault, PlainFormat.Instance);
    }

    public static SignedHead Head(SigningKey key, int count, string? root = null) => SignedHead.Sign(
        "notes", "psmc", new LogHead(count, count == 0 ? LogHead.ZeroHash : Hashes(count)[^1]),
        root ?? Convert.ToHexStringLower(SlowTree.Root(Data(count))), key, TestVault.Time);

    private sealed class PlainFormat : IEntryFormat
    {
        public static PlainFormat Instance { get; } = new();

        public IReadOnlyList<string> EmptyFolders => [];

        public EntryState Check(long position, ReadOnlySpan<byte> eventLine, ReadOnlySpan<byte> chainLine, out string hash)
        {
            hash = Encoding.ASCII.GetString(eventLine);
            return hash.Length == 64 ? EntryState.Whole : EntryState.Torn;
        }
    }
}
