using System.Text;
using Granary.Vault.Backpack;
using Granary.Vault.Canonical;
using Granary.Vault.Checkpoints;
using Granary.Vault.Keys;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;
using Granary.Vault.Tests.Backpack;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Fuzzing;

/// <summary>Saved states: what is kept beside a vault, or the one who signed it, may be wrong.</summary>
internal static class CheckpointParsers
{
    private static readonly SigningKey Key = Fixture.Key("root");

    private static readonly byte[][] Lines = SampleEvents.Of("sample-vault-strict");

    public static IReadOnlyList<Parser> All { get; } =
    [
        new("resume point", [Header()], bytes => ResumePoint.Read(bytes), typeof(FormatException)),
        new("resume point, signed as it is", [Unsigned(Header())], Resume, typeof(FormatException), typeof(CanonicalJsonException)),
        new("reducer snapshot, its beliefs", [Snapshot()[0]], bytes => Restore([bytes, .. Snapshot()[1..]]), typeof(FormatException)),
        new("reducer snapshot, its evidence", [Snapshot()[1]], bytes => Restore([Snapshot()[0], bytes]), typeof(FormatException)),
        new("statistics checkpoint", [Statistics()], bytes => ReducerV1.Resume(bytes).MerkleRoot(), typeof(FormatException)),
    ];

    private static PublicKey? Find(string id) => id == Key.PublicKey.KeyId ? Key.PublicKey : null;

    private static IReadOnlyList<VaultDocument> Kept()
    {
        using var state = Reduced();
        BackpackFormat.Instance.Check(0, Lines[^1], default, out var hash);
        return ResumePoint.Write(state, new LogHead(Lines.Length, hash), Key, TestVault.Time);
    }

    private static byte[] Header() => Kept()[^1].Content.ToArray();

    private static ReducerV0 Reduced() => SampleEvents.Reduce(Lines, BackpackFormat.View);

    private static byte[][] Snapshot()
    {
        using var state = Reduced();
        return [.. state.Snapshot()];
    }

    private static byte[] Statistics()
    {
        var statistics = new ReducerV1();
        foreach (var line in Lines)
            statistics.Apply(line);
        using var output = new PooledBuffer();
        statistics.WriteCheckpoint(output);
        return output.Written.ToArray();
    }

    private static void Restore(byte[][] parts)
    {
        using var state = ReducerV0.Restore([.. parts.Select(part => (ReadOnlyMemory<byte>)part)]);
    }

    private static byte[] Unsigned(byte[] checkpoint)
    {
        var members = new CanonicalObject(checkpoint);
        do
            members.MoveNext().ShouldBeTrue();
        while (!members.Key.SequenceEqual("sig"u8));
        return [.. checkpoint[..(members.Start - 1)], .. checkpoint[members.End..]];
    }

    /// <summary>Signs whatever it is, puts it beside the log and lets the log be resumed: it is used, or refused with a reason.</summary>
    private static void Resume(byte[] bytes)
    {
        var text = CanonicalJson.Canonicalize(bytes, CanonicalJson.GreatestMaxDepth);
        if (text.Length < 3 || text[0] != '{')
            throw new FormatException("It is no object that could be signed.");
        var signature = new byte[SigningKey.SignatureLength];
        Key.Sign(text, signature);
        var vault = new MemoryVault();
        vault.Events.AddRange(Lines);
        foreach (var part in Kept())
            vault.Documents[part.Name] = part.Content.ToArray();
        vault.Documents[ResumePoint.Name] = CanonicalJson.Canonicalize(
            Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetString(text)[..^1]},\"sig\":\"{Convert.ToBase64String(signature)}\"}}"), CanonicalJson.GreatestMaxDepth);
        var resumed = new StateResumer(vault, vault.ReadDocumentAsync, BackpackFormat.Instance, BackpackFormat.View, Find).ResumeAsync(default).GetAwaiter().GetResult();
        using var reducer = resumed.Reducer;
        reducer.CatchUpAsync(vault, null, default).GetAwaiter().GetResult();
        reducer.Position.ShouldBe(Lines.Length);
    }
}
