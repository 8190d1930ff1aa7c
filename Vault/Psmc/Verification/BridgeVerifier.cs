using System.Security.Cryptography;
using Granary.Vault.Canonical;
using Granary.Vault.Psmc.Keys;
using Granary.Vault.Storage;

namespace Granary.Vault.Psmc.Verification;

/// <summary>Verifies the bridge file: canonical lines, ids of either style, links in file order, signatures by the vault's keys.</summary>
internal sealed class BridgeVerifier(IVaultReader reader, PsmcKeyRing keys, IPsmcFindings findings)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        var previous = "null";
        var count = reader.Count(LogStream.Bridge);
        using var scratch = new PooledBuffer(4096);
        for (long at = 0; at < count;)
        {
            var page = await reader.ReadAsync(LogStream.Bridge, at, 512, 1024 * 1024, cancellation);
            if (page.Lines.Count == 0)
            {
                findings.Add(null, null, "bridge.truncated", $"provara.ndjson ends at line {at + 1}; it had {count} lines.");
                return;
            }
            foreach (var line in page.Lines)
            {
                if (Check(line.Span, previous, scratch, out previous) is { } problem)
                    findings.Add(null, null, problem.Rule, $"Line {at + 1} of provara.ndjson: {problem.Reason}");
                at++;
            }
        }
    }

    private (string Rule, string Reason)? Check(ReadOnlySpan<byte> line, string previous, PooledBuffer scratch, out string id)
    {
        id = "";
        ReadOnlySpan<byte> text;
        try
        {
            text = CanonicalJson.Read(line, scratch, EventLimits.MaxReadDepth);
        }
        catch (CanonicalJsonException failure)
        {
            return ("bridge.json", failure.Message);
        }
        if (text[0] != '{' || !text.SequenceEqual(line))
            return ("bridge.canonical", "it is not a JSON object in canonical form.");
        id = Raw(text, "event_id"u8);
        if (previous.Length > 0 && Raw(text, "prev_event_hash"u8) != previous)
            return ("bridge.prev_event_hash", "it does not link to the event before it.");
        if (id != Id(text, withKey: false) && id != Id(text, withKey: true))
            return ("bridge.event_id", "its id is not the hash of its content.");
        return CheckSignature(text);
    }

    private (string, string)? CheckSignature(ReadOnlySpan<byte> text)
    {
        var keyId = Raw(text, "actor_key_id"u8).Trim('"');
        if (keys.Find(keyId) is not { } key)
            return ("bridge.key", "its signing key is not one of the vault's.");
        var signature = new byte[SHA256.HashSizeInBytes * 2];
        if (!Convert.TryFromBase64String(Raw(text, "sig"u8).Trim('"'), signature, out var length) || length != signature.Length)
            return ("bridge.signature", "its signature is malformed.");
        using var signed = new PooledBuffer(text.Length);
        CopyWithout(text, signed, withKey: true, withId: true);
        return key.Verify(signed.Written, signature) ? null : ("bridge.signature", $"its signature is not that of key {keyId}.");
    }

    private static string Id(ReadOnlySpan<byte> text, bool withKey)
    {
        using var hashed = new PooledBuffer(text.Length);
        CopyWithout(text, hashed, withKey, withId: false);
        return $"\"evt_{Convert.ToHexStringLower(SHA256.HashData(hashed.Written).AsSpan(0, 12))}\"";
    }

    private static void CopyWithout(ReadOnlySpan<byte> text, PooledBuffer output, bool withKey, bool withId)
    {
        var members = new CanonicalObject(text);
        output.Write((byte)'{');
        while (members.MoveNext())
        {
            if (members.Key.SequenceEqual("sig"u8)
                || (!withKey && members.Key.SequenceEqual("actor_key_id"u8))
                || (!withId && members.Key.SequenceEqual("event_id"u8)))
                continue;
            if (output.Length > 1)
                output.Write((byte)',');
            output.Write(text[members.Start..members.End]);
        }
        output.Write((byte)'}');
    }

    private static string Raw(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key) =>
        CanonicalObject.TryGet(text, key, out var value) ? System.Text.Encoding.UTF8.GetString(value) : "";
}
