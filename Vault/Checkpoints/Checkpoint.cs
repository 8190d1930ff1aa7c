using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Keys;
using Granary.Vault.Reducer;
using Granary.Vault.Storage;

namespace Granary.Vault.Checkpoints;

/// <summary>
/// A signed checkpoint of a vault's state (specification 6), in the reference's form and for its readers. It lacks the evidence behind the state: what a
/// state goes on from is a <see cref="ResumePoint"/>.
/// </summary>
public static class Checkpoint
{
    /// <summary>The folder of checkpoints in a vault.</summary>
    public const string Folder = "checkpoints";

    /// <summary>A checkpoint's document name: its event count in ten digits.</summary>
    public static string NameOf(long eventCount) => $"{Folder}/{eventCount:D10}.chk";

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="state">The state.</param>
    /// <param name="key">The vault's active key.</param>
    /// <param name="time">When it is signed.</param>
    /// <param name="merkleRoot">The text of <c>merkle_root.txt</c>, or null for a vault that has none.</param>
    public static VaultDocument Write(ReducerV0 state, SigningKey key, DateTimeOffset time, string? merkleRoot)
    {
        using var text = new PooledBuffer(64 * 1024);
        text.Write("{\"event_count\":"u8);
        text.WriteNumber(state.EventCount);
        text.Write(",\"key_id\":"u8);
        JsonString.Write(key.PublicKey.KeyId, text);
        text.Write(",\"last_event_id\":"u8);
        WriteText(text, state.LastEventId);
        text.Write(",\"merkle_root\":"u8);
        WriteText(text, merkleRoot);
        var signatureAt = text.Length;
        text.Write(",\"signed_at_utc\":"u8);
        JsonString.Write(EventTimestamp.Format(time), text);
        text.Write(",\"spec_version\":\"1.0\",\"state\":"u8);
        state.WriteHashedState(text);
        text.Write((byte)'}');
        var member = Encoding.ASCII.GetBytes($",\"sig\":\"{key.SignToBase64(text.Written)}\"");
        var document = new byte[text.Length + member.Length];
        text.Written[..signatureAt].CopyTo(document);
        member.CopyTo(document, signatureAt);
        text.Written[signatureAt..].CopyTo(document.AsSpan(signatureAt + member.Length));
        return new VaultDocument(NameOf(state.EventCount), document);
    }

    private static void WriteText(PooledBuffer output, string? value)
    {
        if (value is null)
            output.Write("null"u8);
        else
            JsonString.Write(value, output);
    }
}
