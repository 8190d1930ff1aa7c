using System.Buffers.Text;
using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Psmc;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;

namespace Granary.Vault.Checkpoints;

/// <summary>
/// A signed checkpoint of a vault's state (specification 6), in the reference's form. One member more, <c>granary_resume</c>, holds what that form
/// lacks: the evidence, the head it belongs to, and whatever else the caller wants back. Readers that do not know it pass it over.
/// </summary>
public static class Checkpoint
{
    /// <summary>The folder of checkpoints in a vault.</summary>
    public const string Folder = "checkpoints";

    internal const int ResumeVersion = 1;
    internal const string ReducerPart = "reducer";

    /// <summary>A checkpoint's document name: its event count in ten digits.</summary>
    public static string NameOf(long eventCount) => $"{Folder}/{eventCount:D10}.chk";

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="state">The state.</param>
    /// <param name="key">The vault's active key.</param>
    /// <param name="time">When it is signed.</param>
    /// <param name="merkleRoot">The text of <c>merkle_root.txt</c>, or null for a vault that has none.</param>
    /// <param name="resume">What resuming needs; null for a checkpoint exactly as the reference's.</param>
    public static VaultDocument Write(ReducerV0 state, SigningKey key, DateTimeOffset time, string? merkleRoot, CheckpointResume? resume)
    {
        using var text = new PooledBuffer(64 * 1024);
        text.Write("{\"event_count\":"u8);
        text.WriteNumber(state.EventCount);
        if (resume is not null)
            WriteResume(text, state, resume);
        text.Write(",\"key_id\":"u8);
        JsonString.Write(key.PublicKey.KeyId, text);
        text.Write(",\"last_event_id\":"u8);
        WriteText(text, state.LastEventId);
        text.Write(",\"merkle_root\":"u8);
        WriteText(text, merkleRoot);
        var signatureAt = text.Length;
        text.Write(",\"signed_at_utc\":"u8);
        JsonString.Write(PsmcTimestamp.Format(time), text);
        text.Write(",\"spec_version\":\"1.0\",\"state\":"u8);
        state.WriteHashedState(text);
        text.Write((byte)'}');
        Span<byte> signature = stackalloc byte[SigningKey.SignatureLength];
        key.Sign(text.Written, signature);
        var member = Encoding.ASCII.GetBytes($",\"sig\":\"{Convert.ToBase64String(signature)}\"");
        var document = new byte[text.Length + member.Length];
        text.Written[..signatureAt].CopyTo(document);
        member.CopyTo(document, signatureAt);
        text.Written[signatureAt..].CopyTo(document.AsSpan(signatureAt + member.Length));
        return new VaultDocument(NameOf(state.EventCount), document);
    }

    private static void WriteResume(PooledBuffer text, ReducerV0 state, CheckpointResume resume)
    {
        text.Write(",\"granary_resume\":{\"head\":"u8);
        JsonString.Write(resume.Head.Hash, text);
        text.Write(",\"parts\":{"u8);
        using var snapshot = new PooledBuffer(64 * 1024);
        state.WriteSnapshot(snapshot);
        var parts = new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal) { [ReducerPart] = snapshot.WrittenMemory };
        foreach (var (name, part) in resume.Parts)
            parts.Add(name, part);
        var first = true;
        foreach (var (name, part) in parts)
        {
            if (!first)
                text.Write((byte)',');
            first = false;
            JsonString.Write(name, text);
            text.Write(":\""u8);
            Base64.EncodeToUtf8(part.Span, text.GetSpan(Base64.GetMaxEncodedToUtf8Length(part.Length)), out _, out var written);
            text.Advance(written);
            text.Write((byte)'"');
        }
        text.Write("},\"position\":"u8);
        text.WriteNumber(resume.Head.Count);
        text.Write(",\"version\":"u8);
        text.WriteNumber(ResumeVersion);
        text.Write((byte)'}');
    }

    private static void WriteText(PooledBuffer output, string? value)
    {
        if (value is null)
            output.Write("null"u8);
        else
            JsonString.Write(value, output);
    }
}

/// <summary>What a checkpoint carries beyond the reference's form.</summary>
/// <param name="Head">The log's head that the state belongs to.</param>
public sealed record CheckpointResume(LogHead Head)
{
    /// <summary>
    /// Further states that follow from the log, opaque, by name: for example the actors' chains and the event tree's frontier. Names are ASCII;
    /// <c>reducer</c> is taken.
    /// </summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Parts { get; init; } = new Dictionary<string, ReadOnlyMemory<byte>>();
}
